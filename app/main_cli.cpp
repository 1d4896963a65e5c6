// anven: the workbench's engine on the command line. One file per subcommand in commands/.
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/base/version.h"

namespace {

constexpr int kFailed = 1;
constexpr int kBadUsage = 2;
constexpr int kInterrupted = 130;

/// One line whatever the message holds.
void printError(std::string message) {
    for (char& c : message)
        if (c == '\n' || c == '\r')
            c = ' ';
    std::fprintf(stderr, "anven: %s\n", message.c_str());
}

/// First Ctrl-C: a request to stop. Second: out at once. The signals are taken by a thread of their own,
/// because a stop request may not be made inside a signal handler.
void watchForInterrupt(std::stop_source stop) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::thread([set, stop]() mutable {
        int signal = 0;
        sigwait(&set, &signal);
        stop.request_stop();
        sigwait(&set, &signal);
        _exit(kInterrupted);
    }).detach();
}

/// Names the subcommand whose arguments were wrong.
std::string usageOf(const CLI::App& root) {
    std::string text = "anven";
    for (const auto* command = &root; !command->get_subcommands().empty();) {
        command = command->get_subcommands().front();
        text += " " + command->get_name();
    }
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App root{
        "Anven Workbench on the command line: inspect, run, compare and measure quantized language models.",
        "anven"};
    const auto& build = engine::buildInfo();
    root.set_version_flag("--version", "anven " + std::string(build.version) + " (" +
                                           std::string(build.commit) + ", " + std::string(build.compiler) +
                                           ", " + std::string(build.buildType) + ")");
    root.require_subcommand(1);
    app::Commands commands(root);
    for (const auto add : app::kCommands)
        add(commands);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return root.exit(error);  // --help, --version
        printError(std::string(error.what()) + "; see " + usageOf(root) + " --help");
        return kBadUsage;
    }

    app::Context context;
    context.json = commands.json();
    watchForInterrupt(context.stop);
    const auto done = commands.chosen()(context);
    std::fflush(stdout);
    if (!done) {
        printError(done.error().message);
        return kFailed;
    }
    return 0;
}
