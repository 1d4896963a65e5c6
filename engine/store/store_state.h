#pragma once

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace engine {

struct Store::State {
    sqlite::Connection connection;
    std::filesystem::path file;

    /// The id of the row with these texts in (`columns`), inserted when it is not there yet.
    Result<std::int64_t> idOf(const std::string& table, const std::vector<std::string>& columns,
                              const std::vector<std::string>& values);
    /// The variant (and model) row that a lane refers to.
    Result<std::int64_t> variantOf(const LaneRow& lane);
};

}  // namespace engine
