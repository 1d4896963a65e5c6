#include <charconv>

#include "engine/report/writers.h"

namespace engine {
namespace {

std::string cell(const std::string& text) {
    // A spreadsheet must not run a cell that a model or a file name wrote.
    const bool formula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    std::string quoted = "\"";
    if (formula)
        quoted += '\'';
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string number(double value) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text,
                                   value);  // the shortest that reads back the same, in every locale
    return {text, end.ptr};
}

void line(std::string& out, const RunReport& report, const LaneReport& lane, const std::string& repetition,
          const std::string& rest) {
    const auto& run = report.run;
    const auto& l = lane.lane;
    out += std::to_string(run.id) + "," + cell(run.kind) + "," + cell(run.status) + "," +
           cell(run.startedAt) + "," + cell(l.name) + "," + cell(l.modelName) + "," + cell(l.variant) + "," +
           cell(l.modelPath) + "," + cell(l.digest) + "," + cell(l.kernelSpec) + "," +
           std::to_string(l.threads) + "," + cell(l.kv) + "," + cell(l.status) + "," + repetition + "," +
           rest + "\r\n";
}

}  // namespace

std::string writeCsv(const std::vector<RunReport>& runs) {
    std::string out =
        "run,kind,run_status,started_at,lane,model,variant,path,sha256,kernels,threads,kv,lane_status,"
        "repetition,test,prompt,generate,depth,metric,"
        "unit,value,measured_at,energy_source,energy_provenance,energy_reason\r\n";
    for (const auto& report : runs)
        for (const auto& lane : report.lanes) {
            for (const auto& s : lane.samples)
                line(out, report, lane, std::to_string(s.repetition),
                     cell(s.test) + "," + std::to_string(s.prompt) + "," + std::to_string(s.generate) + "," +
                         std::to_string(s.depth) + "," + cell(s.metric) + "," + cell(s.unit) + "," +
                         number(s.value) + "," + cell(s.measuredAt) + ",,,");
            for (const auto& e : lane.energy)
                line(out, report, lane, std::to_string(e.repetition),
                     "\"energy\",,,,\"joules\",\"J\"," + (e.joules ? number(*e.joules) : std::string()) +
                         ",," + cell(e.source) + "," + cell(e.provenance) + "," + cell(e.reason));
        }
    return out;
}

}  // namespace engine
