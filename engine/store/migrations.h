#pragma once

#include <span>

#include "engine/store/sqlite.h"

namespace engine::sqlite {

/// The schema's history: entry i takes a database from user_version i to i + 1. Only ever added to.
std::span<const char* const> migrations();

/// Brings the database to the newest schema, each step in one transaction. Errors: unsupported for a schema
/// that this program does not know yet (nothing is changed); io, corrupt.
Result<void> migrate(Connection& connection, const std::filesystem::path& file);

}  // namespace engine::sqlite
