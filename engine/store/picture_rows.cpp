// Pictures of messages and of comparisons.
#include "engine/store/store_state.h"

namespace engine {
namespace {

std::string columnOf(PictureOwner owner) {
    return owner == PictureOwner::message ? "message_id" : "run_id";
}

/// Whether the owner has exactly these pictures; reads no bytes of them.
Result<bool> hasThese(const sqlite::Connection& connection, PictureOwner owner, std::int64_t id,
                      const std::vector<PictureRow>& pictures) {
    sqlite::Statement select(connection, "SELECT name, picture FROM attachment WHERE " + columnOf(owner) +
                                             " = ? ORDER BY position");
    select.bind(id);
    for (const auto& picture : pictures) {
        auto row = select.step();
        if (!row || !*row)
            return row;
        if (select.text(0) != picture.name || select.text(1) != picture.sha256)
            return false;
    }
    auto more = select.step();
    return more ? Result<bool>(!*more) : more;
}

Result<void> attach(const sqlite::Connection& connection, PictureOwner owner, std::int64_t id,
                    std::int64_t position, const PictureRow& picture) {
    sqlite::Statement keep(
        connection,
        "INSERT INTO picture (sha256, media_type, width, height, content) VALUES (?, ?, ?, "
        "?, ?) ON CONFLICT (sha256) DO NOTHING");
    keep.bind(picture.sha256).bind(picture.mediaType).bind(picture.width).bind(picture.height);
    if (auto done = keep.bindBlob(*picture.content).run(); !done)
        return done;
    sqlite::Statement refer(connection, "INSERT INTO attachment (" + columnOf(owner) +
                                            ", position, name, picture) VALUES (?, ?, ?, ?)");
    return refer.bind(id).bind(position).bind(picture.name).bind(picture.sha256).run();
}

}  // namespace

Result<void> Store::State::setPictures(PictureOwner owner, std::int64_t id,
                                       const std::vector<PictureRow>& pictures) {
    const auto asBefore = hasThese(connection, owner, id, pictures);
    if (!asBefore)
        return asBefore.error();
    if (*asBefore)
        return {};
    sqlite::Statement remove(connection, "DELETE FROM attachment WHERE " + columnOf(owner) + " = ?");
    if (auto done = remove.bind(id).run(); !done)
        return done;
    for (std::size_t i = 0; i < pictures.size(); ++i)
        if (auto done = attach(connection, owner, id, static_cast<std::int64_t>(i), pictures[i]); !done)
            return done;
    return {};
}

Result<std::vector<PictureRow>> Store::State::pictures(PictureOwner owner, std::int64_t id) {
    sqlite::Statement select(connection,
                             "SELECT name, media_type, width, height, sha256, content FROM attachment JOIN "
                             "picture ON sha256 = attachment.picture WHERE " +
                                 columnOf(owner) + " = ? ORDER BY position");
    select.bind(id);
    std::vector<PictureRow> rows;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        rows.push_back({select.text(0), select.text(1), select.integer(2), select.integer(3), select.text(4),
                        std::make_shared<const std::string>(select.blob(5))});
    }
}

Result<void> Store::setRunPictures(std::int64_t runId, const std::vector<PictureRow>& pictures) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    if (auto done = state_->setPictures(PictureOwner::run, runId, pictures); !done)
        return done;
    return transaction->commit();
}

Result<std::vector<PictureRow>> Store::runPictures(std::int64_t runId) {
    return state_->pictures(PictureOwner::run, runId);
}

}  // namespace engine
