#include "engine/model/weight_loader.h"

namespace engine {

std::string_view name(PackedCopy state) {
    constexpr std::string_view kNames[] = {"off", "read", "written", "failed"};
    return kNames[static_cast<std::size_t>(state)];
}

void WeightLoader::giveUp(const Error& error) {
    writer_.reset();
    state_ = PackedCopy::failed;
    note_ = error.message;
}

void WeightLoader::useCopy(const PackedCacheKey& key) {
    if (auto reader = PackedCacheReader::open(key, checkpoint_)) {
        reader_.emplace(std::move(*reader));
        state_ = PackedCopy::read;
        return;
    } else if (reader.error().code != ErrorCode::notFound) {
        note_ = reader.error().message;
    }
    if (auto writer = PackedCacheWriter::create(key)) {
        writer_.emplace(std::move(*writer));
        state_ = PackedCopy::written;
    } else {
        giveUp(writer.error());
    }
}

Result<PackedMatrix> WeightLoader::load(const std::string& name, const PackOptions& options) {
    if (reader_) {
        auto matrix = reader_->read(checkpoint_, name, plan_, options, team_);
        if (matrix || matrix.error().code == ErrorCode::outOfMemory)
            return matrix;
        reader_.reset();
        giveUp(matrix.error());
    }
    auto matrix = pack(checkpoint_, name, plan_, options, team_);
    if (matrix && writer_)
        if (auto ok = writer_->add(name, *matrix); !ok)
            giveUp(ok.error());
    return matrix;
}

Result<void> WeightLoader::finish(std::stop_token stop) {
    if (!writer_)
        return {};
    if (auto ok = writer_->finish(checkpoint_, stop); !ok) {
        if (ok.error().code == ErrorCode::cancelled)
            return ok.error();
        giveUp(ok.error());
    }
    writer_.reset();
    return {};
}

}  // namespace engine
