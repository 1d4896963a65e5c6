#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

enum class LogLevel { info, warning, error };

struct LogLine {
    std::string time;  ///< UTC, ISO 8601
    LogLevel level = LogLevel::info;
    std::string text;  ///< one line
};
/// "2026-01-02T03:04:05.678Z warning: text"
std::string logText(const LogLine& line);

/// The last messages of the program, and all of them in a file that turns over at 1 MiB (two older ones are
/// kept). Any thread. Never give it prompts or answers: people send logs to others.
class MessageLog {
public:
    explicit MessageLog(std::size_t most = 2000);
    ~MessageLog();

    /// Also writes to `file` from now on, its folder made where it is missing. Errors: io.
    Result<void> writeTo(const std::filesystem::path& file);
    std::filesystem::path file() const;
    void add(LogLevel level, std::string text);
    std::vector<LogLine> lines() const;

private:
    struct Sink;
    mutable std::mutex mutex_;
    std::size_t most_;
    std::deque<LogLine> lines_;
    std::filesystem::path file_;
    std::unique_ptr<Sink> sink_;
};

/// The program's own.
MessageLog& messageLog();

}  // namespace engine
