#include "engine/catalog/model_problems.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/v1";

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

std::string beginningOf(const fs::path& file, std::size_t count) {
    std::string bytes(count, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    return bytes;
}

/// Regular files of one folder by what they are for.
struct FolderView {
    fs::path folder;
    std::vector<fs::path> pth, safetensors, gguf, bin, unfinished;

    explicit FolderView(const fs::path& at) : folder(at) {
        std::error_code error;
        for (fs::directory_iterator entry(at, error), end; !error && entry != end; entry.increment(error)) {
            std::error_code ignored;
            if (!fs::is_regular_file(entry->path(), ignored))
                continue;
            sort(entry->path());
        }
        for (auto* list : {&pth, &safetensors, &gguf, &bin, &unfinished})
            std::sort(list->begin(), list->end());
    }
    bool has(const char* name) const { return isThere(folder / name); }
    bool weightless() const { return pth.empty() && safetensors.empty() && gguf.empty(); }

private:
    void sort(const fs::path& file) {
        constexpr std::array<std::string_view, 5> kUnfinished = {".part", ".crdownload", ".incomplete",
                                                                 ".aria2", ".tmp"};
        const auto extension = file.extension().string();
        if (extension == ".pth" || extension == ".pt")
            pth.push_back(file);
        else if (extension == ".safetensors")
            safetensors.push_back(file);
        else if (extension == ".gguf")
            gguf.push_back(file);
        else if (extension == ".bin")
            bin.push_back(file);
        else if (std::find(kUnfinished.begin(), kUnfinished.end(), extension) != kUnfinished.end())
            unfinished.push_back(file);
    }
};

class Finder {
public:
    std::vector<ModelProblem> found;

    void add(std::string what, std::string whatToDo) {
        found.push_back({std::move(what), std::move(whatToDo)});
    }

    void folder(const FolderView& view) {
        for (const auto& file : view.unfinished)
            add(file.filename().string() + " is a download that has not ended.",
                "Let the download end, or start it again.");
        const bool meta = view.has("params.json") || !view.pth.empty();
        const bool huggingFace = view.has("config.json") || !view.safetensors.empty();
        if (meta && (!huggingFace || view.has("params.json")))
            metaFolder(view);
        else if (huggingFace)
            huggingFaceFolder(view);
        else
            strangeFolder(view);
        for (const auto* list : {&view.pth, &view.safetensors, &view.gguf})
            for (const auto& file : *list)
                weights(file);
    }

    void weights(const fs::path& file) {
        std::error_code error;
        const auto size = fs::file_size(file, error);
        const auto name = file.filename().string();
        if (!error && size == 0)
            add(name + " is empty.", "Download it again; the disk may have been full.");
        else if (beginningOf(file, kLfsPointer.size()) == kLfsPointer)
            add(name + " is a Git LFS pointer, a few lines of text in place of the weights.",
                "Run git lfs pull in the folder that was cloned.");
        else if (file.extension() == ".gguf" && !error && beginningOf(file, 4) != "GGUF")
            add(name + " does not begin like a GGUF file.",
                "Check that the download is the model itself and not a web page.");
    }

private:
    void metaFolder(const FolderView& view) {
        if (!view.has("params.json"))
            add("params.json is missing: it says the model's shape.",
                "Choose the folder that holds params.json and consolidated.00.pth together, or put "
                "params.json "
                "beside " +
                    (view.pth.empty() ? std::string("the weights") : view.pth.front().filename().string()) +
                    ".");
        if (view.pth.empty())
            add("consolidated.00.pth is missing: it holds the weights.",
                "Choose the folder that holds it together with params.json, or download it.");
        else if (!view.has("consolidated.00.pth"))
            add("The weights are in " + view.pth.front().filename().string() +
                    ", a folder is read from consolidated.00.pth.",
                "Add the .pth file itself, or rename it to consolidated.00.pth.");
        if (view.has("consolidated.01.pth"))
            add("The weights are split into several consolidated.NN.pth files.",
                "Download the variant in one file (those of 1B and 3B are), or join the parts.");
        tokenizer(view, {"tokenizer.model", "tokenizer.json"});
    }

    void huggingFaceFolder(const FolderView& view) {
        if (!view.has("config.json"))
            add("config.json is missing: it says the model's shape.",
                "Choose the folder that holds config.json and the .safetensors files together.");
        if (view.safetensors.empty())
            add(view.bin.empty() ? "There is no .safetensors file: the weights are missing."
                                 : "The weights are in " + view.bin.front().filename().string() +
                                       ", a pickled format of Transformers that is not read here.",
                view.bin.empty() ? "Download model.safetensors (or all of its parts) into this folder."
                                 : "Download the .safetensors files of the same model.");
        shards(view);
        tokenizer(view, {"tokenizer.json", "tokenizer.model"});
    }

    /// model-00001-of-00004.safetensors: all four must be there.
    void shards(const FolderView& view) {
        std::vector<std::string> missing;
        for (const auto& file : view.safetensors) {
            const auto stem = file.stem().string();
            const auto of = stem.rfind("-of-");
            if (of == std::string::npos || of < 6 || stem.size() != of + 9)
                continue;
            const auto digits = stem.substr(of + 4);
            if (digits.find_first_not_of("0123456789") != std::string::npos)
                continue;
            const int count = std::min(std::stoi(digits), 999);
            for (int part = 1; part <= count; ++part) {
                auto number = std::to_string(part);
                number.insert(0, 5 - std::min<std::size_t>(5, number.size()), '0');
                const auto name = stem.substr(0, of - 5) + number + "-of-" + digits + ".safetensors";
                if (!isThere(view.folder / name))
                    missing.push_back(name);
            }
            break;
        }
        if (!missing.empty())
            add(std::to_string(missing.size()) + " of the weights' parts are missing, the first is " +
                    missing.front() + ".",
                "Download the missing parts into this folder.");
    }

    void tokenizer(const FolderView& view, std::array<const char*, 2> names) {
        if (!view.has(names[0]) && !view.has(names[1]))
            add(std::string("There is no ") + names[0] +
                    ": the model can be measured, but neither read nor write text.",
                std::string("Put ") + names[0] + " of the same model into this folder.");
    }

    void strangeFolder(const FolderView& view) {
        for (const char* inner : {"original", "meta", "hf"})
            if (isThere(view.folder / inner / "params.json") ||
                isThere(view.folder / inner / "config.json")) {
                add("The model's files are in the folder " + std::string(inner) + " inside this one.",
                    "Choose " + (view.folder / inner).string() + ".");
                return;
            }
        if (!view.gguf.empty()) {
            if (view.gguf.size() > 1)
                add("The folder holds " + std::to_string(view.gguf.size()) + " GGUF files.",
                    "Add the one that you want, or drop the folder: each becomes a line of the list.");
            return;
        }
        if (view.weightless())
            add("The folder holds no model: neither params.json with consolidated.00.pth, nor config.json "
                "with "
                ".safetensors files, nor a .gguf file.",
                "Choose the folder that the model was downloaded into.");
    }
};

}  // namespace

std::vector<ModelProblem> findModelProblems(const fs::path& path) {
    Finder finder;
    std::error_code error;
    if (!isThere(path)) {
        finder.add(
            path.string() + " is not there any more.",
            "Connect the drive that it is on, or remove it from the list and add it from its new place.");
    } else if (fs::is_directory(path, error)) {
        finder.folder(FolderView(path));
    } else if (path.extension() == ".gguf") {
        finder.weights(path);
    } else if (path.extension() == ".pth" || path.extension() == ".pt" ||
               path.extension() == ".safetensors") {
        finder.weights(path);
        const FolderView view(path.parent_path());
        const char* shape = path.extension() == ".safetensors" ? "config.json" : "params.json";
        if (!view.has(shape))
            finder.add(std::string(shape) + " is missing beside " + path.filename().string() +
                           ": it says the model's shape.",
                       std::string("Choose the folder that holds ") + shape + " and the weights together.");
    } else {
        finder.add(path.filename().string() + " is no model file by its name.",
                   "Choose a .gguf, .safetensors or .pth file, or a model's folder.");
    }
    return finder.found;
}

}  // namespace engine
