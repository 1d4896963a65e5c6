#include "app/bench_rerun.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/bench_table.h"
#include "engine/report/read_report.h"
#include "engine/report/rerun.h"
#include "engine/report/run_json.h"

namespace app {
namespace {

/// The run that is meant: the one asked for, or the only one.
Result<engine::RunReport> chosen(std::vector<engine::RunReport> runs, const RerunOptions& options) {
    std::string ids;
    for (auto& run : runs) {
        if (options.run ? run.run.id == *options.run : runs.size() == 1)
            return std::move(run);
        ids += (ids.empty() ? "" : ", ") + std::to_string(run.run.id);
    }
    return engine::Error{engine::ErrorCode::invalidInput,
                         ids.empty() ? options.report + " holds no runs"
                                     : options.report + " holds the runs " + ids + "; choose with --run"};
}

engine::BenchmarkListener listenerFor(const engine::Rerun& rerun, ProgressLine& progress) {
    engine::BenchmarkListener listener;
    listener.laneFailed = [&](std::size_t lane, const engine::Error& error) {
        progress.clear();
        std::cerr << "anven: lane " << rerun.bench->lanes[lane].name << ": " << error.message << std::endl;
    };
    listener.measured = [&](std::int64_t done, std::int64_t total, std::size_t lane,
                            const engine::BenchmarkTest& test) {
        progress.show(std::to_string(done) + "/" + std::to_string(total) + " " +
                      rerun.bench->lanes[lane].name + " " + test.test);
    };
    return listener;
}

}  // namespace

Result<void> rerunReport(const RerunOptions& options, Context& context) {
    auto runs = engine::readReport(options.report);
    if (!runs)
        return runs.error();
    auto report = chosen(std::move(*runs), options);
    if (!report)
        return report.error();
    auto rerun = engine::rerunOf(*report, context.stop.get_token());
    if (!rerun)
        return rerun.error();
    for (const auto& warning : rerun->warnings)
        std::cerr << "anven: warning: " << warning << std::endl;
    auto store = engine::Store::open(options.database.empty() ? engine::Store::defaultPath()
                                                              : std::filesystem::path(options.database));
    if (!store)
        return store.error();
    ProgressLine progress;
    const auto listener = listenerFor(*rerun, progress);
    auto id = engine::measureAgain(*rerun, listener, **store, context.stop.get_token());
    progress.clear();
    if (!id)
        return id.error();
    const std::int64_t ids[] = {*id};
    auto again = engine::loadReports(**store, ids);
    if (!again)
        return again.error();
    if (context.json) {
        auto json = nlohmann::json::parse(engine::runJson(again->front()));
        json["rerun"] = {{"run_id", report->run.id}, {"warnings", rerun->warnings}};
        printJson(json);
    } else {
        printBenchTable(rerun->bench ? rerun->bench->profile.notes : std::vector<std::string>(),
                        again->front());
    }
    for (const auto& lane : again->front().lanes)
        if (lane.lane.status != "finished")
            return engine::Error{engine::ErrorCode::internal,
                                 "lane " + lane.lane.name + " " + lane.lane.status +
                                     (lane.lane.error.empty() ? "" : ": " + lane.lane.error)};
    return {};
}

}  // namespace app
