#pragma once

#include "engine/report/report.h"

/// A run in which every field has a value of its own, without characters that a format must escape.
namespace reporttest {

inline void addSamples(engine::LaneReport& lane, const std::string& test, std::int64_t prompt,
                       std::int64_t generate, std::int64_t depth, const std::string& metric,
                       const std::string& unit, const std::vector<double>& values) {
    int repetition = 0;
    for (const double value : values)
        lane.samples.push_back({0, lane.lane.id, repetition++, test, prompt, generate, depth, metric, unit,
                                value, "2026-11-24T10:15:31.000Z"});
    lane.results.push_back({test, prompt, generate, depth, metric, unit, engine::summarize(values)});
}

inline engine::LaneReport sampleLane(int position, const std::string& name, double speed) {
    engine::LaneReport report;
    auto& lane = report.lane;
    lane = {11 + position,
            7,
            position,
            name,
            "/models/" + name + ".gguf",
            "Model" + name,
            "Variant" + name,
            "gguf",
            "cafe" + name,
            "avx2",
            R"([{"op":"rope"}])",
            R"({"context":4096})",
            3,
            "f32",
            "finished",
            "",
            "Answer" + name,
            "[101,102]",
            "length"};
    addSamples(report, "decode", 512, 64, 2048, "decode_tokens_per_s", "tok/s",
               {speed, speed * 1.01, speed * 0.99, speed * 1.02, speed * 0.98, speed, speed * 1.01,
                speed * 0.99, speed, speed});
    addSamples(report, "decode", 512, 64, 2048, "ttft_ms", "ms", {12.5, 12.5});
    addSamples(report, "decode", 512, 64, 2048, "peak_rss_bytes", "bytes", {3221225472.0});
    addSamples(report, "decode", 512, 64, 2048, "joules_per_token", "J/token", {0.375});
    addSamples(report, "decode", 512, 64, 2048, "warp", "furlong", {3.25});  // no catalogue knows it
    report.energy.push_back({1, lane.id, 0, 24.0, 0.375, "rapl:package-0", "measured", ""});
    return report;
}

inline engine::RunReport sampleReport(const std::string& kind = "bench") {
    engine::RunReport report;
    report.run = {7,
                  kind,
                  "finished",
                  "2026-11-24T10:15:30.123Z",
                  "2026-11-24T10:16:00.456Z",
                  "NightlyProfile",
                  R"({"tests":[{"test":"decode","prompt":512,"generate":64,"depth":2048}],"repetitions":10})",
                  "PromptText",
                  R"({"cpu":"TestCPU9000","memory":{"total":17179869184}})",
                  "0.1.0 abc1234 GNU12",
                  123456789,
                  "NoteText"};
    if (kind == "compare")
        report.pictures = {engine::pictureRow("SeenPicture.png", "\x89PNG\r\n\x1a\nPictureBytes", 640, 480)};
    report.lanes = {sampleLane(0, "Alpha", 100.0), sampleLane(1, "Beta", 200.0)};
    report.lanes[1].energy.front() = {2,           12, 0, std::nullopt, std::nullopt, "none", "unavailable",
                                      "ReasonText"};
    return report;
}

}  // namespace reporttest
