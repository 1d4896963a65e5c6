#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// What a database takes on the disk.
struct DatabaseSize {
    std::int64_t bytes = 0;      ///< the file with its write-ahead log
    std::int64_t freeBytes = 0;  ///< of them unused; later rows take them
};
/// Errors: notFound, io, corrupt.
Result<DatabaseSize> databaseSize(const std::filesystem::path& file);

/// SQLite's integrity and foreign-key checks, on a connection of their own, beside whatever writes. Gives
/// what is wrong, at most 100 findings; empty: intact. Errors: notFound, io, corrupt (no database at all),
/// cancelled.
Result<std::vector<std::string>> checkDatabase(const std::filesystem::path& file, std::stop_token stop = {});

/// `done` of `total` pages; total may grow while others write.
using BackupProgress = std::function<void(int done, int total)>;

/// A consistent copy in one file, made while others may write (SQLite's backup interface). `target` is
/// replaced once the copy is whole and was checked; before that it stays as it was. Errors: notFound, io,
/// corrupt, cancelled, invalidInput (`target` is the database itself or a folder).
Result<void> backUpDatabase(const std::filesystem::path& file, const std::filesystem::path& target,
                            const BackupProgress& progress = {}, std::stop_token stop = {});

}  // namespace engine
