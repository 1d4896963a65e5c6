#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// What a file was when it was read, and its SHA-256.
struct FileDigest {
    std::string file;  ///< whole path
    std::int64_t bytes = 0;
    std::int64_t modified = 0;  ///< of the file's clock, in ns
    std::string sha256;
    std::string published;    ///< the publisher's SHA-256; empty where none was found
    std::string publishedIn;  ///< name of the file that says so
    bool operator==(const FileDigest&) const = default;
};

/// The digests of a model's weight files, and when they were computed.
struct Verification {
    std::vector<FileDigest> files;
    std::string checkedAt;      ///< UTC, ISO 8601
    std::string earlierDigest;  ///< modelDigest() of the time before, where it was another one
    bool operator==(const Verification&) const = default;
};

enum class VerificationState {
    none,       ///< never computed
    recorded,   ///< computed; nobody published a digest to compare with
    published,  ///< every file is what its publisher says
    differs,    ///< a file is not what its publisher says
    changed,    ///< computed twice with different outcomes
    outdated,   ///< a file has another size or time than when it was computed
};

/// SHA-256 of every file, with what publishedDigest() says of it. `progress` gets bytes done and in all.
/// Errors: notFound, io, cancelled.
Result<Verification> verifyFiles(const std::vector<std::filesystem::path>& files,
                                 const std::function<void(std::int64_t done, std::int64_t total)>& progress,
                                 std::stop_token stop);

/// Looks at sizes and times of the files, not into them.
VerificationState verificationState(const Verification& verification);

/// One text for a model: its file's SHA-256, or the SHA-256 of all of them in order; empty without files.
std::string modelDigest(const Verification& verification);

/// For the settings; text that cannot be read gives an empty verification.
std::string verificationJson(const Verification& verification);
Verification verificationFromJson(const std::string& text);

}  // namespace engine
