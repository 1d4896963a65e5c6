// anven worker: holds one model for another process of this program; speaks JSON lines on standard input and
// output.
#include <csignal>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/worker/worker_server.h"

namespace app {

void addWorker(Commands& commands) {
    struct None {};
    auto [command, none] = commands.add<None>("worker", "Hold a model for the workbench (internal)");
    command->group("");  // not shown in --help
    commands.onChosen(command, [](Context&) -> Result<void> {
        // Ctrl-C goes to the whole process group; the parent decides when this process stops.
        std::signal(SIGINT, SIG_IGN);
        if (const int code = engine::serveWorker(); code != 0)
            return engine::Error{engine::ErrorCode::internal,
                                 "the worker ended with code " + std::to_string(code)};
        return {};
    });
}

}  // namespace app
