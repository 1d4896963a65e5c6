#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "engine/model/packed_cache.h"
#include "engine/model/packed_matrix.h"

namespace engine {

/// How packed weights kept on disk took part in loading a model.
enum class PackedCopy {
    off,      ///< not asked for
    read,     ///< weights came from the copy
    written,  ///< there was none that fits: packed from the checkpoint, a copy was written
    failed,   ///< packed from the checkpoint; a copy could not be read to its end or not be written
};
std::string_view name(PackedCopy state);  ///< "off", "read", "written", "failed"

/// Brings weights into memory in the plan's layout: packed from the checkpoint, or from a copy on disk that
/// an earlier load left.
class WeightLoader {
public:
    WeightLoader(const Checkpoint& checkpoint, const KernelPlan& plan, ThreadTeam& team)
        : checkpoint_(checkpoint), plan_(plan), team_(team) {}

    /// From now on weights come from the copy of `key`, or are written to it where none fits.
    void useCopy(const PackedCacheKey& key);
    /// Errors: as pack(). A copy that fails while it is read is left aside.
    Result<PackedMatrix> load(const std::string& name, const PackOptions& options);
    /// Completes the copy where one is being written. Errors: cancelled; anything else only makes state()
    /// failed.
    Result<void> finish(std::stop_token stop);

    const Checkpoint& checkpoint() const { return checkpoint_; }
    PackedCopy state() const { return state_; }
    /// Why a copy was not used or not written; empty where there is nothing to say.
    const std::string& note() const { return note_; }

private:
    void giveUp(const Error& error);

    const Checkpoint& checkpoint_;
    const KernelPlan& plan_;
    ThreadTeam& team_;
    std::optional<PackedCacheReader> reader_;
    std::optional<PackedCacheWriter> writer_;
    PackedCopy state_ = PackedCopy::off;
    std::string note_;
};

}  // namespace engine
