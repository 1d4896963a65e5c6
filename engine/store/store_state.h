#pragma once

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace engine {

/// Who refers to a picture.
enum class PictureOwner { message, run };

struct Store::State {
    sqlite::Connection connection;
    std::filesystem::path file;

    /// The id of the row with these texts in (`columns`), inserted when it is not there yet.
    Result<std::int64_t> idOf(const std::string& table, const std::vector<std::string>& columns,
                              const std::vector<std::string>& values);
    /// The variant (and model) row that a lane refers to.
    Result<std::int64_t> variantOf(const LaneRow& lane);

    /// In place of what was attached; nothing is written where that is the same. Within a transaction of the
    /// caller's.
    Result<void> setPictures(PictureOwner owner, std::int64_t id, const std::vector<PictureRow>& pictures);
    Result<std::vector<PictureRow>> pictures(PictureOwner owner, std::int64_t id);
};

}  // namespace engine
