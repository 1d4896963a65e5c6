#include "engine/train/training_state.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/base/file_handle.h"
#include "engine/base/mapped_file.h"

namespace engine::train {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic = "anven training state 1\n";

Result<void> writeAll(int file, const void* data, std::size_t size, const std::filesystem::path& path) {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
        const auto written = ::write(file, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return Error{ErrorCode::io, path.string() + " cannot be written: " + std::strerror(errno)};
        at += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

Json toJson(const TrainingPosition& p, std::size_t numbers, const AdamWState& optimizer) {
    return {{"key", p.key},
            {"stage", p.stage},
            {"step", p.step},
            {"epoch", p.epoch},
            {"row", p.row},
            {"seconds", p.seconds},
            {"best_loss", p.bestLoss},
            {"best_step", p.bestStep},
            {"history", p.history},
            {"numbers", numbers},
            {"optimizer_steps", optimizer.steps},
            {"moments", !optimizer.first.empty()}};
}

/// A state's mapping: its header and where the numbers begin.
struct Opened {
    std::shared_ptr<const MappedFile> file;
    TrainingPosition position;
    std::size_t numbers = 0;
    std::int64_t optimizerSteps = 0;
    bool moments = false;
    const std::byte* data = nullptr;
};

Result<Opened> open(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Error corrupt{ErrorCode::corrupt,
                        path.string() + " is not a whole training state; remove it to start anew"};
    const auto end = text.find('\n', kMagic.size());
    if (!text.starts_with(kMagic) || end == std::string_view::npos)
        return corrupt;
    const auto json = Json::parse(text.substr(kMagic.size(), end - kMagic.size()), nullptr, false);
    Opened opened{*file, {}, 0, 0, false, bytes.data() + end + 1};
    try {
        auto& p = opened.position;
        p = {json.at("key"),       json.at("stage"),     json.at("step"),
             json.at("epoch"),     json.at("row"),       json.at("seconds"),
             json.at("best_loss"), json.at("best_step"), json.at("history")};
        opened.numbers = json.at("numbers");
        opened.optimizerSteps = json.at("optimizer_steps");
        opened.moments = json.at("moments");
    } catch (const Json::exception&) {
        return corrupt;
    }
    if (opened.numbers > bytes.size() ||
        bytes.size() - end - 1 != (opened.moments ? 3 : 1) * opened.numbers * sizeof(float))
        return corrupt;
    return opened;
}

}  // namespace

Result<void> saveTrainingState(const std::filesystem::path& file, const TrainingPosition& position,
                               const TrainableModel& model, const AdamWState& optimizer) {
    const auto unfinished = std::filesystem::path(file).concat(".part");
    const auto header = std::string(kMagic) + toJson(position, model.trainedCount(), optimizer).dump() + "\n";
    {
        const FileHandle out(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (!out.valid())
            return Error{ErrorCode::io, unfinished.string() + " cannot be made: " + std::strerror(errno)};
        if (auto ok = writeAll(out.get(), header.data(), header.size(), unfinished); !ok)
            return ok;
        for (const auto& parameter : model.parameters())
            if (auto ok = writeAll(out.get(), parameter.master.data(), parameter.size() * sizeof(float),
                                   unfinished);
                !ok)
                return ok;
        for (const auto* moments : {&optimizer.first, &optimizer.second})
            if (auto ok = writeAll(out.get(), moments->data(), moments->size() * sizeof(float), unfinished);
                !ok)
                return ok;
        if (::fsync(out.get()) != 0)
            return Error{ErrorCode::io, unfinished.string() + " cannot be written: " + std::strerror(errno)};
    }
    std::error_code failure;
    std::filesystem::rename(unfinished, file, failure);
    if (failure)
        return Error{ErrorCode::io, file.string() + " cannot be written: " + failure.message()};
    return {};
}

Result<TrainingPosition> readTrainingPosition(const std::filesystem::path& file) {
    auto opened = open(file);
    if (!opened)
        return opened.error();
    return opened->position;
}

Result<TrainingPosition> loadTrainingState(const std::filesystem::path& file, TrainableModel& model,
                                           AdamWState& optimizer) {
    auto opened = open(file);
    if (!opened)
        return opened.error();
    if (opened->numbers != model.trainedCount())
        return Error{ErrorCode::corrupt,
                     file.string() + " is of a model of another size; remove it to start anew"};
    const auto* at = opened->data;
    const auto take = [&at](std::vector<float>& to) {
        std::memcpy(to.data(), at, to.size() * sizeof(float));
        at += to.size() * sizeof(float);
    };
    for (auto& parameter : model.parameters())
        take(parameter.master);
    for (auto* moments : {&optimizer.first, &optimizer.second})
        if (opened->moments) {
            moments->resize(opened->numbers);
            take(*moments);
        }
    optimizer.steps = opened->optimizerSteps;
    model.refresh();
    return opened->position;
}

}  // namespace engine::train
