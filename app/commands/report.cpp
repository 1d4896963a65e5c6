// anven report --db F --run ID --out F.(html|md|csv|json|pdf): writes runs as a report.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/report_pdf.h"
#include "engine/report/report.h"

namespace app {
namespace {

struct ReportOptions {
    std::string database;
    std::vector<std::int64_t> runs;
    std::string out;
};

Result<void> run(const ReportOptions& options, Context& context) {
    const auto database =
        options.database.empty() ? engine::Store::defaultPath() : std::filesystem::path(options.database);
    std::error_code error;
    if (!std::filesystem::exists(database, error))
        return engine::Error{
            engine::ErrorCode::notFound,
            database.string() + " does not exist; run `anven compare --db` or `anven bench` first"};
    auto store = engine::Store::open(database);
    if (!store)
        return store.error();
    auto reports = engine::loadReports(**store, options.runs);
    if (!reports)
        return reports.error();
    const bool isPdf = std::filesystem::path(options.out).extension() == ".pdf";
    const auto written = isPdf ? writePdfByWorkbench(database, options.runs, options.out)
                               : engine::writeReport(*reports, options.out);
    if (!written)
        return written.error();
    if (context.json)
        printJson({{"path", std::filesystem::absolute(options.out).string()}});
    else
        std::cout << std::filesystem::absolute(options.out).string() << std::endl;
    return {};
}

}  // namespace

void addReport(Commands& commands) {
    auto [command, options] =
        commands.add<ReportOptions>("report", "Write stored runs as HTML, PDF, Markdown, CSV or JSON");
    command->add_option("--db", options->database, "Database (default: the workbench's own)");
    command->add_option("--run", options->runs,
                        "Run to include (may be repeated); the newest when not given");
    command->add_option("--out", options->out, "File to write; its extension chooses the format")->required();
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
