#include "engine/store/migrations.h"

#include <string>

#include "engine/checkpoint/file_digest.h"

namespace engine::sqlite {
namespace {

// Times are UTC, ISO 8601 text. What repeats between runs (machine, model, variant, profile) has a row of its
// own.
constexpr const char* kInitial = R"sql(
CREATE TABLE machine (
    id INTEGER PRIMARY KEY,
    description TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE model (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE variant (
    id INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES model(id),
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    path TEXT NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (model_id, name, format, path, digest)
) STRICT;
CREATE TABLE profile (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (name, text)
) STRICT;
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT '',
    profile_id INTEGER NOT NULL REFERENCES profile(id),
    machine_id INTEGER NOT NULL REFERENCES machine(id),
    prompt TEXT NOT NULL,
    build TEXT NOT NULL,
    seed INTEGER NOT NULL
) STRICT;
CREATE TABLE lane (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    variant_id INTEGER NOT NULL REFERENCES variant(id),
    kernel_spec TEXT NOT NULL,
    kernel_plan TEXT NOT NULL,
    settings TEXT NOT NULL,
    threads INTEGER NOT NULL,
    kv TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT NOT NULL,
    text TEXT NOT NULL,
    tokens TEXT NOT NULL,
    finish_reason TEXT NOT NULL
) STRICT;
CREATE INDEX lane_of_run ON lane(run_id, position);
CREATE TABLE sample (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane_id INTEGER NOT NULL REFERENCES lane(id) ON DELETE CASCADE,
    repetition INTEGER NOT NULL,
    test TEXT NOT NULL,
    prompt INTEGER NOT NULL,
    generate INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    value REAL NOT NULL,
    measured_at TEXT NOT NULL
) STRICT;
CREATE INDEX sample_of_lane ON sample(lane_id);
CREATE TABLE energy_reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane_id INTEGER NOT NULL REFERENCES lane(id) ON DELETE CASCADE,
    repetition INTEGER NOT NULL,
    joules REAL,
    joules_per_token REAL,
    source TEXT NOT NULL,
    provenance TEXT NOT NULL CHECK (provenance IN ('measured', 'estimated', 'unavailable')),
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX energy_of_lane ON energy_reading(lane_id);
CREATE TABLE evaluation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model TEXT NOT NULL,
    reference TEXT NOT NULL,
    text TEXT NOT NULL,
    result TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    model TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES message(id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    metrics TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX message_of_conversation ON message(conversation_id);
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE TABLE vote (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    lane_id INTEGER REFERENCES lane(id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE tag (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (run_id, name)
) STRICT;
CREATE TABLE note (
    run_id INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;
)sql";

// Conversations become trees, with tags, settings and an index of what was said. Before, every answer of a
// conversation followed the message before it, and answers that were given again had the status "replaced".
constexpr const char* kConversationTrees = R"sql(
ALTER TABLE conversation ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN leaf_id INTEGER REFERENCES message(id) ON DELETE SET NULL;
ALTER TABLE message ADD COLUMN model TEXT NOT NULL DEFAULT '';
UPDATE message SET parent_id =
    (SELECT max(earlier.id) FROM message earlier WHERE earlier.conversation_id = message.conversation_id
     AND earlier.id < message.id AND earlier.status NOT IN ('replaced', 'draft'))
    WHERE parent_id IS NULL;
UPDATE message SET status = CASE WHEN metrics LIKE '{"error"%' THEN 'failed' ELSE 'complete' END WHERE status = 'replaced';
CREATE INDEX message_of_parent ON message(parent_id);
CREATE TABLE conversation_tag (
    conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (conversation_id, name)
) STRICT;
CREATE VIRTUAL TABLE message_text USING fts5(content, content = 'message', content_rowid = 'id',
                                             tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER message_text_added AFTER INSERT ON message BEGIN
    INSERT INTO message_text (rowid, content) VALUES (new.id, new.content);
END;
CREATE TRIGGER message_text_removed AFTER DELETE ON message BEGIN
    INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.id, old.content);
END;
CREATE TRIGGER message_text_changed AFTER UPDATE OF content ON message WHEN old.content IS NOT new.content BEGIN
    INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.id, old.content);
    INSERT INTO message_text (rowid, content) VALUES (new.id, new.content);
END;
INSERT INTO message_text (message_text) VALUES ('rebuild');
)sql";

// Votes say what was chosen and whether blind, one per run; answers are kept token by token.
constexpr const char* kVotes = R"sql(
ALTER TABLE vote ADD COLUMN verdict TEXT NOT NULL DEFAULT 'lane';
ALTER TABLE vote ADD COLUMN blind INTEGER NOT NULL DEFAULT 0;
DELETE FROM vote WHERE id NOT IN (SELECT max(id) FROM vote GROUP BY run_id);
CREATE UNIQUE INDEX vote_of_run ON vote(run_id);
CREATE TABLE lane_trace (
    lane_id INTEGER PRIMARY KEY REFERENCES lane(id) ON DELETE CASCADE,
    trace TEXT NOT NULL
) STRICT;
)sql";

// Pictures are kept once, under the SHA-256 of their bytes, for all that refer to them: messages, and the
// prompts of comparisons. The last attachment takes its picture with it.
constexpr const char* kPictures = R"sql(
CREATE TABLE picture (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    content BLOB NOT NULL
) STRICT;
INSERT OR IGNORE INTO picture (sha256, media_type, content) SELECT sha256_of(content), media_type, content FROM attachment;
ALTER TABLE attachment RENAME TO attachment_with_content;
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER REFERENCES message(id) ON DELETE CASCADE,
    run_id INTEGER REFERENCES run(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    picture TEXT NOT NULL REFERENCES picture(sha256),
    CHECK ((message_id IS NULL) <> (run_id IS NULL))
) STRICT;
INSERT INTO attachment (id, message_id, position, name, picture)
    SELECT id, message_id, id, name, sha256_of(content) FROM attachment_with_content;
DROP TABLE attachment_with_content;
CREATE INDEX attachment_of_message ON attachment(message_id);
CREATE INDEX attachment_of_run ON attachment(run_id);
CREATE INDEX attachment_of_picture ON attachment(picture);
CREATE TRIGGER attachment_removed AFTER DELETE ON attachment BEGIN
    DELETE FROM picture WHERE sha256 = old.picture AND NOT EXISTS (SELECT 1 FROM attachment WHERE picture = old.picture);
END;
)sql";

constexpr const char* kMigrations[] = {kInitial, kConversationTrees, kVotes, kPictures};

/// sha256_of(blob): what the pictures' migration names them by.
void sha256Of(sqlite3_context* context, int, sqlite3_value** values) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[0]));
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
    const auto digest = textDigest({bytes != nullptr ? bytes : "", size});
    sqlite3_result_text(context, digest.data(), static_cast<int>(digest.size()), SQLITE_TRANSIENT);
}

/// A database without a version that already holds something is another program's, and is left alone.
Result<void> checkOwner(const Connection& connection, std::int64_t version,
                        const std::filesystem::path& file) {
    auto objects = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (!objects)
        return objects.error();
    if (version == 0 && *objects > 0)
        return Error{ErrorCode::unsupported,
                     "database " + file.string() + " was written by another program; choose another file"};
    return {};
}

}  // namespace

std::span<const char* const> migrations() {
    return kMigrations;
}

Result<void> migrate(Connection& connection, const std::filesystem::path& file) {
    const auto newest = static_cast<std::int64_t>(migrations().size());
    auto version = connection.integer("PRAGMA user_version");
    if (!version)
        return version.error();
    if (*version > newest || *version < 0)
        return Error{ErrorCode::unsupported, "database " + file.string() + " has schema " +
                                                 std::to_string(*version) + ", this program knows up to " +
                                                 std::to_string(newest) +
                                                 "; open it with the newer version that wrote it"};
    sqlite3_create_function(connection.handle(), "sha256_of", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                            sha256Of, nullptr, nullptr);
    while (*version < newest) {
        auto transaction = Transaction::begin(connection);
        if (!transaction)
            return transaction.error();
        // Another process may have migrated while this one waited for the lock.
        version = connection.integer("PRAGMA user_version");
        if (!version)
            return version.error();
        if (*version < newest) {
            if (auto mine = checkOwner(connection, *version, file); !mine)
                return mine;
            if (auto done = connection.execute(migrations()[static_cast<std::size_t>(*version)]); !done)
                return done;
            ++*version;
            if (auto done = connection.execute(("PRAGMA user_version = " + std::to_string(*version)).c_str());
                !done)
                return done;
        }
        if (auto done = transaction->commit(); !done)
            return done;
    }
    return {};
}

}  // namespace engine::sqlite
