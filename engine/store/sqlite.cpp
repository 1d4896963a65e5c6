#include "engine/store/sqlite.h"

#include <utility>

namespace engine::sqlite {
namespace {

/// Other connections write for milliseconds; waiting longer means something is wrong.
constexpr int kBusyMilliseconds = 5000;

ErrorCode codeOf(int status) {
    return status == SQLITE_CORRUPT || status == SQLITE_NOTADB ? ErrorCode::corrupt : ErrorCode::io;
}

}  // namespace

Connection::Connection(sqlite3* handle, std::filesystem::path file)
    : handle_(handle), file_(std::move(file)) {}

Connection::Connection(Connection&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), file_(std::move(other.file_)) {}

Connection::~Connection() {
    sqlite3_close(handle_);
}

Result<Connection> Connection::open(const std::filesystem::path& file) {
    sqlite3* handle = nullptr;
    const int status = sqlite3_open_v2(
        file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Connection connection(handle, file);
    if (status != SQLITE_OK)
        return connection.error("cannot be opened");
    sqlite3_busy_timeout(handle, kBusyMilliseconds);
    sqlite3_extended_result_codes(handle, 0);
    return connection;
}

Error Connection::error(std::string_view doing) const {
    const int status = handle_ != nullptr ? sqlite3_errcode(handle_) : SQLITE_NOMEM;
    const char* message = handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory";
    std::string text = "database " + file_.string() + " " + std::string(doing) + ": " + message;
    if (codeOf(status) == ErrorCode::corrupt)
        text += "; choose another file or move this one away";
    return {codeOf(status), std::move(text)};
}

Result<void> Connection::execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return error("refused a statement");
    return {};
}

Result<std::int64_t> Connection::integer(const char* sql) const {
    Statement statement(*this, sql);
    auto row = statement.step();
    if (!row)
        return row.error();
    return *row ? statement.integer(0) : 0;
}

Statement::Statement(const Connection& connection, std::string_view sql) : connection_(connection) {
    status_ =
        sqlite3_prepare_v2(connection.handle(), sql.data(), static_cast<int>(sql.size()), &handle_, nullptr);
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

Statement& Statement::bind(std::int64_t value) {
    sqlite3_bind_int64(handle_, next_++, value);
    return *this;
}

Statement& Statement::bind(double value) {
    sqlite3_bind_double(handle_, next_++, value);
    return *this;
}

Statement& Statement::bind(const std::string& value) {
    sqlite3_bind_text64(handle_, next_++, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bindBlob(const std::string& bytes) {
    sqlite3_bind_blob64(handle_, next_++, bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind(const std::optional<double>& value) {
    if (value)
        return bind(*value);
    sqlite3_bind_null(handle_, next_++);
    return *this;
}

Statement& Statement::bind(const std::optional<std::int64_t>& value) {
    if (value)
        return bind(*value);
    sqlite3_bind_null(handle_, next_++);
    return *this;
}

Result<bool> Statement::step() {
    if (status_ != SQLITE_OK)
        return connection_.error("refused a statement");
    const int status = sqlite3_step(handle_);
    if (status == SQLITE_ROW)
        return true;
    if (status == SQLITE_DONE)
        return false;
    return connection_.error("cannot be read or written");
}

Result<void> Statement::run() {
    auto row = step();
    if (!row)
        return row.error();
    return {};
}

void Statement::reset() {
    sqlite3_reset(handle_);
    next_ = 1;
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return bytes != nullptr
               ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)))
               : "";
}

std::string Statement::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    return bytes != nullptr
               ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)))
               : "";
}

std::optional<double> Statement::optionalReal(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL ? std::nullopt : std::optional(real(column));
}

std::optional<std::int64_t> Statement::optionalInteger(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL ? std::nullopt
                                                               : std::optional(integer(column));
}

Result<Transaction> Transaction::begin(Connection& connection) {
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun)
        return begun.error();
    return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
    if (connection_ != nullptr)
        static_cast<void>(connection_->execute("ROLLBACK"));
}

Result<void> Transaction::commit() {
    if (auto done = connection_->execute("COMMIT"); !done)
        return done;
    connection_ = nullptr;
    return {};
}

}  // namespace engine::sqlite
