#include "engine/catalog/model_search.h"

#include <algorithm>

#include "engine/checkpoint/formats.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr int kDepth = 3;
constexpr std::size_t kMost = 200;

bool isWeightFile(const fs::path& path) {
    const auto extension = path.extension();
    return extension == ".gguf" || extension == ".pth" || extension == ".pt" || extension == ".safetensors" ||
           extension == ".bin";
}

std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && at != end; at.increment(error))
        if (at->path().filename().string().front() != '.')
            found.push_back(at->path());
    std::sort(found.begin(), found.end());
    return found;
}

/// Whether the folder as a whole is a model, complete or not.
bool looksLikeModel(const fs::path& folder) {
    const auto& formats = checkpointFormats();
    if (std::any_of(formats.begin(), formats.end(), [&](const auto& format) { return format.probe(folder); }))
        return true;
    const auto files = entries(folder);
    return std::any_of(files.begin(), files.end(),
                       [](const auto& file) { return isWeightFile(file) && file.extension() != ".gguf"; });
}

void collect(const fs::path& folder, int depth, std::vector<fs::path>& found) {
    if (found.size() >= kMost)
        return;
    if (looksLikeModel(folder)) {
        found.push_back(folder);
        return;
    }
    std::error_code error;
    for (const auto& entry : entries(folder)) {
        if (found.size() >= kMost)
            return;
        if (fs::is_directory(entry, error) && depth > 0)
            collect(entry, depth - 1, found);
        else if (entry.extension() == ".gguf")
            found.push_back(entry);
    }
}

}  // namespace

std::vector<fs::path> modelsAt(const fs::path& path) {
    std::vector<fs::path> found;
    std::error_code error;
    if (fs::is_directory(path, error))
        collect(path, kDepth, found);
    if (found.empty())
        found.push_back(path);
    return found;
}

std::vector<fs::path> weightFilesAt(const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error))
        return {path};
    std::vector<fs::path> found;
    for (const auto& entry : entries(path))
        if (isWeightFile(entry) && fs::is_regular_file(entry, error))
            found.push_back(entry);
    return found;
}

}  // namespace engine
