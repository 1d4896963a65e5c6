#pragma once

namespace engine {

/// Serves the worker protocol (worker_json.h) on standard input and output until the input closes. Returns
/// the exit code. Called by the hidden subcommand `anven worker`, in a process of its own.
int serveWorker();

}  // namespace engine
