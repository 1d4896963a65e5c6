#include "engine/worker/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

extern char** environ;

namespace engine {
namespace {

constexpr std::string_view kEnded = "the process that held the model ended: ";

void closeFd(int& fd) {
    if (fd >= 0)
        ::close(std::exchange(fd, -1));
}

std::string describe(int status) {
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        std::string text =
            "it was ended by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
        if (signal == SIGKILL)
            text += "; the system may have run out of memory";
        return text;
    }
    return "it exited with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      buffer_(std::move(other.buffer_)),
      status_(other.status_) {}

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& executable,
                                         const std::vector<std::string>& arguments) {
    // Writing to a child that died must give an error here, not end this process.
    static std::once_flag ignoreOnce;
    std::call_once(ignoreOnce, [] { std::signal(SIGPIPE, SIG_IGN); });
    int toChild[2];
    int fromChild[2];
    if (::pipe2(toChild, O_CLOEXEC) != 0)
        return Error{ErrorCode::io, std::string("cannot make a pipe: ") + std::strerror(errno)};
    if (::pipe2(fromChild, O_CLOEXEC) != 0) {
        ::close(toChild[0]);
        ::close(toChild[1]);
        return Error{ErrorCode::io, std::string("cannot make a pipe: ") + std::strerror(errno)};
    }
    std::string program = executable.string();
    std::vector<char*> argv{program.data()};
    auto copies = arguments;
    for (auto& argument : copies)
        argv.push_back(argument.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO);
    ChildProcess child;
    const int code = ::posix_spawn(&child.pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(toChild[0]);
    ::close(fromChild[1]);
    child.input_ = toChild[1];
    child.output_ = fromChild[0];
    if (code != 0) {
        child.pid_ = -1;
        return Error{code == ENOENT ? ErrorCode::notFound : ErrorCode::io,
                     "cannot start " + program + ": " + std::strerror(code)};
    }
    return child;
}

ChildProcess::~ChildProcess() {
    closeFd(input_);
    for (int i = 0; i < 50 && alive(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    kill();
    closeFd(output_);
}

bool ChildProcess::alive() {
    if (pid_ < 0 || status_)
        return false;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
    return !status_;
}

void ChildProcess::kill() {
    if (!alive())
        return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = status;
}

bool isProcessEnd(const Error& error) {
    return error.code == ErrorCode::io && error.message.find(kEnded) != std::string::npos;
}

Error ChildProcess::ended() {
    for (int i = 0; i < 500 && alive(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    kill();
    return {ErrorCode::io, std::string(kEnded) + (status_ ? describe(*status_) : "for unknown reasons")};
}

Result<void> ChildProcess::writeLine(const std::string& line) {
    const std::string text = line + "\n";
    for (std::size_t sent = 0; sent < text.size();) {
        const auto count = ::write(input_, text.data() + sent, text.size() - sent);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return ended();
        sent += static_cast<std::size_t>(count);
    }
    return {};
}

Result<std::optional<std::string>> ChildProcess::readLine(std::chrono::milliseconds timeout) {
    for (;;) {
        if (const auto end = buffer_.find('\n'); end != std::string::npos) {
            std::optional<std::string> line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        pollfd waiting{output_, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(timeout.count()));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return std::optional<std::string>{};
        char chunk[65536];
        const auto count = ::read(output_, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return ended();
        buffer_.append(chunk, static_cast<std::size_t>(count));
    }
}

}  // namespace engine
