#include "engine/catalog/verification.h"

#include <nlohmann/json.hpp>

#include "engine/catalog/published_digest.h"
#include "engine/checkpoint/file_digest.h"
#include "engine/store/store.h"

namespace engine {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

struct FileState {
    std::int64_t bytes = -1;
    std::int64_t modified = 0;
};

FileState stateOf(const fs::path& file) {
    std::error_code error;
    FileState state;
    if (const auto size = fs::file_size(file, error); !error)
        state.bytes = static_cast<std::int64_t>(size);
    if (const auto time = fs::last_write_time(file, error); !error)
        state.modified =
            std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    return state;
}

std::string textAt(const Json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::int64_t integerAt(const Json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}

}  // namespace

Result<Verification> verifyFiles(const std::vector<fs::path>& files,
                                 const std::function<void(std::int64_t, std::int64_t)>& progress,
                                 std::stop_token stop) {
    if (files.empty())
        return Error{ErrorCode::notFound, "there are no weight files to verify; add the model again"};
    std::int64_t total = 0;
    for (const auto& file : files)
        total += std::max<std::int64_t>(0, stateOf(file).bytes);
    Verification verification;
    std::int64_t before = 0;
    for (const auto& file : files) {
        const auto state = stateOf(file);
        auto digest = fileDigest(
            file,
            [&](std::int64_t done) {
                if (progress)
                    progress(before + done, total);
            },
            stop);
        if (!digest)
            return digest.error();
        before += std::max<std::int64_t>(0, state.bytes);
        FileDigest entry{file.string(), state.bytes, state.modified, *digest, {}, {}};
        if (const auto published = publishedDigest(file)) {
            entry.published = published->sha256;
            entry.publishedIn = published->source.filename().string();
        }
        verification.files.push_back(std::move(entry));
    }
    verification.checkedAt = utcNow();
    return verification;
}

VerificationState verificationState(const Verification& verification) {
    if (verification.files.empty())
        return VerificationState::none;
    bool allPublished = true;
    for (const auto& file : verification.files) {
        const auto now = stateOf(file.file);
        if (now.bytes != file.bytes || now.modified != file.modified)
            return VerificationState::outdated;
        if (!file.published.empty() && file.published != file.sha256)
            return VerificationState::differs;
        allPublished = allPublished && !file.published.empty();
    }
    if (allPublished)
        return VerificationState::published;
    return verification.earlierDigest.empty() ? VerificationState::recorded : VerificationState::changed;
}

std::string modelDigest(const Verification& verification) {
    if (verification.files.size() == 1)
        return verification.files.front().sha256;
    std::string all;
    for (const auto& file : verification.files)
        all += file.sha256;
    return all.empty() ? all : textDigest(all);
}

std::string verificationJson(const Verification& verification) {
    if (verification.files.empty())
        return {};
    Json files = Json::array();
    for (const auto& file : verification.files)
        files.push_back({{"file", file.file},
                         {"bytes", file.bytes},
                         {"modified", file.modified},
                         {"sha256", file.sha256},
                         {"published", file.published},
                         {"published_in", file.publishedIn}});
    const Json json{{"checked_at", verification.checkedAt},
                    {"earlier", verification.earlierDigest},
                    {"files", std::move(files)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Verification verificationFromJson(const std::string& text) {
    Verification verification;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("files") || !json["files"].is_array())
        return verification;
    for (const auto& entry : json["files"]) {
        if (!entry.is_object() || textAt(entry, "sha256").size() != 64)
            return {};
        verification.files.push_back({textAt(entry, "file"), integerAt(entry, "bytes"),
                                      integerAt(entry, "modified"), textAt(entry, "sha256"),
                                      textAt(entry, "published"), textAt(entry, "published_in")});
    }
    verification.checkedAt = textAt(json, "checked_at");
    verification.earlierDigest = textAt(json, "earlier");
    return verification;
}

}  // namespace engine
