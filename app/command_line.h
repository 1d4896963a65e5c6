#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>

#include "engine/base/result.h"
#include "engine/generate/local_model.h"

namespace app {

using engine::Result;

/// What the chosen subcommand needs of the program: where Ctrl-C arrives, and how it wants its output.
struct Context {
    std::stop_source stop;
    bool json = false;
};

/// The work of one subcommand. An error becomes one line on stderr and exit code 1.
using Action = std::function<Result<void>(Context&)>;

/// Collects the subcommands while the command line is described, and holds the one that was chosen.
class Commands {
public:
    explicit Commands(CLI::App& root) : root_(root) {}

    /// Adds a subcommand with `--json`; `Options` lives as long as the command line. Returns both.
    template <class Options>
    std::pair<CLI::App*, std::shared_ptr<Options>> add(const std::string& name,
                                                       const std::string& description) {
        return {addCommand(root_, name, description), std::make_shared<Options>()};
    }
    /// Adds a subcommand under `parent` (`anven kernels list`).
    CLI::App* addCommand(CLI::App& parent, const std::string& name, const std::string& description);
    /// Runs `action` when `command` was chosen.
    void onChosen(CLI::App* command, Action action);

    const Action& chosen() const { return chosen_; }
    bool json() const { return *json_; }

private:
    CLI::App& root_;
    Action chosen_;
    std::shared_ptr<bool> json_ = std::make_shared<bool>(false);
};

/// `--threads --kernels --kv --context --output-head --weight-only --packed-copy`.
void addLoadOptions(CLI::App* command, engine::LoadRequest& load);
/// `--adapter DIR`
void addAdapterOption(CLI::App* command, std::string& adapter);
/// `--kernels`, whose words are checked while parsing.
void addKernelsOption(CLI::App* command, std::string& kernels);

/// `--kv`, with the schemes that there are.
void addKvOption(CLI::App* command, std::string& kv);

/// One document on stdout, invalid UTF-8 replaced.
void printJson(const nlohmann::json& json);

/// Progress on stderr, only when that is a terminal; one line that is overwritten.
class ProgressLine {
public:
    ~ProgressLine();
    void show(const std::string& text);
    void clear();

private:
    bool shown_ = false;
};

/// "1.23 GiB", "430 KiB".
std::string bytesText(double bytes);

}  // namespace app
