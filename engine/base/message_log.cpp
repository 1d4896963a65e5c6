#include "engine/base/message_log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/base/utc_time.h"

namespace engine {
namespace {

constexpr std::size_t kFileBytes = std::size_t{1} << 20;
constexpr std::size_t kOlderFiles = 2;

const char* nameOf(LogLevel level) {
    switch (level) {
        case LogLevel::error:
            return "error";
        case LogLevel::warning:
            return "warning";
        case LogLevel::info:
            break;
    }
    return "info";
}

}  // namespace

struct MessageLog::Sink {
    std::shared_ptr<spdlog::logger> logger;
};

std::string logText(const LogLine& line) {
    return line.time + " " + nameOf(line.level) + ": " + line.text;
}

MessageLog::MessageLog(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {}
MessageLog::~MessageLog() = default;

Result<void> MessageLog::writeTo(const std::filesystem::path& file) {
    const std::lock_guard lock(mutex_);
    try {
        auto sink =
            std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), kFileBytes, kOlderFiles);
        auto logger = std::make_shared<spdlog::logger>("anven", std::move(sink));
        logger->set_pattern("%v");
        logger->flush_on(spdlog::level::info);
        logger->set_error_handler([](const std::string&) {});  // a full disk must not stop the program
        sink_ = std::make_unique<Sink>(Sink{std::move(logger)});
        file_ = file;
    } catch (const spdlog::spdlog_ex& problem) {
        return Error{ErrorCode::io, "log file " + file.string() + " cannot be written: " + problem.what()};
    }
    return {};
}

std::filesystem::path MessageLog::file() const {
    const std::lock_guard lock(mutex_);
    return file_;
}

void MessageLog::add(LogLevel level, std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    const std::lock_guard lock(mutex_);
    lines_.push_back({utcNow(), level, std::move(text)});
    if (lines_.size() > most_)
        lines_.pop_front();
    if (sink_)
        sink_->logger->log(spdlog::level::info, "{}", logText(lines_.back()));
}

std::vector<LogLine> MessageLog::lines() const {
    const std::lock_guard lock(mutex_);
    return {lines_.begin(), lines_.end()};
}

MessageLog& messageLog() {
    static MessageLog log;
    return log;
}

}  // namespace engine
