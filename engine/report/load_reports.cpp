#include "engine/report/lane_samples.h"

namespace engine {
namespace {

Result<LaneReport> laneReport(Store& store, LaneRow lane) {
    LaneReport report;
    auto samples = store.samples(lane.id);
    if (!samples)
        return samples.error();
    auto energy = store.energy(lane.id);
    if (!energy)
        return energy.error();
    report.lane = std::move(lane);
    report.results = summariesOf(*samples);
    report.samples = std::move(*samples);
    report.energy = std::move(*energy);
    return report;
}

Result<RunReport> runReport(Store& store, RunRow run) {
    auto lanes = store.lanes(run.id);
    if (!lanes)
        return lanes.error();
    auto vote = store.vote(run.id);
    if (!vote)
        return vote.error();
    RunReport report;
    report.vote = std::move(*vote);
    if (run.kind == "compare") {
        auto pictures = store.runPictures(run.id);
        if (!pictures)
            return pictures.error();
        report.pictures = std::move(*pictures);
    }
    report.run = std::move(run);
    for (auto& lane : *lanes) {
        auto loaded = laneReport(store, std::move(lane));
        if (!loaded)
            return loaded.error();
        report.lanes.push_back(std::move(*loaded));
    }
    return report;
}

}  // namespace

Result<std::vector<RunReport>> loadReports(Store& store, std::span<const std::int64_t> ids) {
    std::vector<RunRow> runs;
    if (ids.empty()) {
        auto all = store.runs();
        if (!all)
            return all.error();
        if (all->empty())
            return Error{ErrorCode::notFound,
                         "database " + store.file().string() +
                             " holds no runs yet; run `anven compare --db` or `anven bench` first"};
        runs.push_back(std::move(all->front()));
    }
    for (const auto id : ids) {
        auto run = store.run(id);
        if (!run)
            return run.error();
        runs.push_back(std::move(*run));
    }
    std::vector<RunReport> reports;
    for (auto& run : runs) {
        auto report = runReport(store, std::move(run));
        if (!report)
            return report.error();
        reports.push_back(std::move(*report));
    }
    return reports;
}

}  // namespace engine
