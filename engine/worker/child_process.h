#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// Whether an error says that the process which held a model ended by itself: it crashed or was killed.
bool isProcessEnd(const Error& error);

/// A child process that speaks in lines over its standard input and output. One thread at a time.
class ChildProcess {
public:
    /// Errors: notFound, io.
    static Result<ChildProcess> start(const std::filesystem::path& executable,
                                      const std::vector<std::string>& arguments);
    ~ChildProcess();  ///< closes its input, waits briefly, then kills it
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;

    /// Errors: io with how the child ended, when it is gone.
    Result<void> writeLine(const std::string& line);
    /// The next line without its end, or nothing after `timeout`. Errors: io with how the child ended.
    Result<std::optional<std::string>> readLine(std::chrono::milliseconds timeout);
    void kill();
    bool alive();
    int processId() const { return pid_; }

private:
    ChildProcess() = default;
    Error ended();  // reaps the child and says how it ended

    int pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string buffer_;
    std::optional<int> status_;
};

}  // namespace engine
