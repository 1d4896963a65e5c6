#include "app/report_pdf.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace app {
namespace {

/// Runs a program to its end; its exit status, or -1.
int runToEnd(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = -1;
    if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ) != 0)
        return -1;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

engine::Result<void> writePdfByWorkbench(const std::filesystem::path& database,
                                         const std::vector<std::int64_t>& runs,
                                         const std::filesystem::path& out) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto program = self.parent_path() / "anven-workbench";
    if (error || !std::filesystem::exists(program, error))
        return engine::Error{engine::ErrorCode::notFound,
                             "PDF reports are written by anven-workbench, which is not beside this program; "
                             "write .html and print it, or install the window"};
    std::string ids;
    for (const auto run : runs)
        ids += (ids.empty() ? "" : ",") + std::to_string(run);
    std::vector<std::string> arguments{"--database", database.string(), "--report", out.string()};
    if (!ids.empty())
        arguments.insert(arguments.end(), {"--report-runs", ids});
    if (runToEnd(program, arguments) != 0)
        return engine::Error{engine::ErrorCode::io,
                             "report " + out.string() + " could not be written; the line above says why"};
    return {};
}

}  // namespace app
