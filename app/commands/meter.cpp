// anven meter RUN FILE.csv: the energy of a benchmark that already ran, from an external meter's readings.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/benchmark/meter_import.h"

namespace app {
namespace {

struct MeterOptions {
    std::int64_t run = 0;
    std::string file;
    std::string database;
    engine::MeterImport import;
};

Result<void> run(const MeterOptions& options, Context& context) {
    auto store = engine::Store::open(options.database.empty() ? engine::Store::defaultPath()
                                                              : std::filesystem::path(options.database));
    if (!store)
        return store.error();
    const auto imported = engine::importMeter(**store, options.run, options.file, options.import);
    if (!imported)
        return imported.error();
    if (context.json)
        printJson({{"run", options.run},
                   {"repetitions", imported->repetitions},
                   {"without_value", imported->without}});
    else
        std::cout << "run " << options.run << ": " << imported->repetitions
                  << " repetitions have energy from " << options.file << ", " << imported->without
                  << " none (too short for the meter, or outside its recording)" << std::endl;
    return {};
}

}  // namespace

void addMeter(Commands& commands) {
    auto [command, options] = commands.add<MeterOptions>(
        "meter", "Add the energy that an external meter recorded (CSV: time, W) to a benchmark");
    command->add_option("RUN", options->run, "The benchmark's run in the database")->required();
    command
        ->add_option("FILE", options->file,
                     "Time (seconds or ms since 1970, or ISO 8601) and watts, one reading a line")
        ->required();
    command->add_option("--idle-watts", options->import.idleWatts,
                        "Idle power by the same meter, taken off (default: gross)");
    command->add_option("--clock-offset", options->import.clockOffset,
                        "Seconds to add to the meter's clock to get this machine's");
    command->add_option("--db", options->database, "Database of the run (default: the workbench's own)");
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
