#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

/// Thin owners of SQLite's handles. One thread at a time per Connection.
namespace engine::sqlite {

class Connection {
public:
    /// Opens or creates. Errors: io, corrupt.
    static Result<Connection> open(const std::filesystem::path& file);
    ~Connection();
    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&&) = delete;

    /// Statements without parameters or rows. Errors: io, corrupt, with SQLite's message and the file.
    Result<void> execute(const char* sql);
    Result<std::int64_t> integer(const char* sql) const;
    std::int64_t lastId() const { return sqlite3_last_insert_rowid(handle_); }
    Error error(std::string_view doing) const;
    sqlite3* handle() const { return handle_; }

private:
    Connection(sqlite3* handle, std::filesystem::path file);
    sqlite3* handle_;
    std::filesystem::path file_;
};

/// One prepared statement; parameters are bound in order, an empty optional as NULL.
class Statement {
public:
    Statement(const Connection& connection, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value);
    Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
    Statement& bind(double value);
    Statement& bind(const std::string& value);
    Statement& bindBlob(const std::string& bytes);  ///< which outlive the statement's run
    Statement& bind(const std::optional<double>& value);
    Statement& bind(const std::optional<std::int64_t>& value);

    /// True when there is a row. Errors: io, corrupt.
    Result<bool> step();
    /// For statements that give no rows.
    Result<void> run();
    /// Ready for another set of parameters.
    void reset();

    std::int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }
    double real(int column) const { return sqlite3_column_double(handle_, column); }
    std::string text(int column) const;
    std::string blob(int column) const;
    std::optional<double> optionalReal(int column) const;
    std::optional<std::int64_t> optionalInteger(int column) const;

private:
    const Connection& connection_;
    sqlite3_stmt* handle_ = nullptr;
    int next_ = 1;
    int status_ = SQLITE_OK;
};

/// Rolled back unless committed.
class Transaction {
public:
    static Result<Transaction> begin(Connection& connection);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    Result<void> commit();

private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

}  // namespace engine::sqlite
