#include "engine/benchmark/meter_import.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <tuple>

#include "engine/benchmark/benchmark_test.h"
#include "engine/energy/energy.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

constexpr double kShortestSeconds = 0.5;
constexpr double kMillisecondsFrom = 1e11;  // as seconds that would be the year 5138
constexpr std::size_t kFewestReadings = 2;  // inside a repetition; fewer say nothing of it

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '"'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '"' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

std::optional<double> numberOf(std::string_view text) {
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// Seconds east of UTC of "Z", "+02:00" or "+0200"; nothing for anything else.
std::optional<double> zoneOf(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z")
        return 0.0;
    std::string digits;
    for (const char c : text.substr(1))
        if (c != ':')
            digits += c;
    const auto number = numberOf(digits);
    if ((text[0] != '+' && text[0] != '-') || digits.size() != 4 || !number)
        return std::nullopt;
    const double minutes = std::floor(*number / 100.0) * 60.0 + std::fmod(*number, 100.0);
    return (text[0] == '-' ? -60.0 : 60.0) * minutes;
}

std::optional<double> isoTime(std::string_view text) {
    std::tm time{};
    const std::string copy(text);
    const char* rest = ::strptime(
        copy.c_str(), copy.find('T') == std::string::npos ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%dT%H:%M:%S", &time);
    if (rest == nullptr)
        return std::nullopt;
    double fraction = 0.0;
    if (*rest == '.') {
        const char* begin = rest++;
        while (*rest >= '0' && *rest <= '9')
            ++rest;
        fraction = numberOf("0" + std::string(begin, rest)).value_or(0.0);
    }
    const auto zone = zoneOf(rest);
    if (!zone)
        return std::nullopt;
    return static_cast<double>(::timegm(&time)) + fraction - *zone;
}

std::optional<double> timeOf(std::string_view text) {
    if (const auto number = numberOf(text))
        return *number >= kMillisecondsFrom ? *number / 1000.0 : *number;
    return isoTime(text);
}

double wattsAt(const std::vector<PowerReading>& readings, double time) {
    const auto after = std::lower_bound(readings.begin(), readings.end(), time,
                                        [](const auto& r, double t) { return r.unixSeconds < t; });
    if (after == readings.begin())
        return after->watts;
    const auto before = after - 1;
    const double share = (time - before->unixSeconds) / (after->unixSeconds - before->unixSeconds);
    return before->watts + share * (after->watts - before->watts);
}

/// Trapezoids between readings, cut at the window's ends. The window lies inside the recording.
double joulesBetween(const std::vector<PowerReading>& readings, double begin, double end) {
    double joules = 0.0;
    double time = begin;
    double watts = wattsAt(readings, begin);
    for (const auto& reading : readings) {
        if (reading.unixSeconds <= begin || reading.unixSeconds >= end)
            continue;
        joules += (reading.unixSeconds - time) * (reading.watts + watts) / 2.0;
        time = reading.unixSeconds;
        watts = reading.watts;
    }
    return joules + (end - time) * (wattsAt(readings, end) + watts) / 2.0;
}

EnergyRow energyOf(const std::vector<PowerReading>& readings, double begin, double end,
                   const MeterImport& options) {
    EnergyRow row;
    row.provenance = "unavailable";
    const auto inside = std::count_if(readings.begin(), readings.end(), [&](const auto& reading) {
        return reading.unixSeconds >= begin && reading.unixSeconds <= end;
    });
    if (begin < readings.front().unixSeconds || end > readings.back().unixSeconds) {
        row.reason = "outside the meter's recording";
    } else if (end - begin < kShortestSeconds) {
        row.reason = "window too short: " + formatFixed((end - begin) * 1000.0, 0) + " ms, at least 500 ms";
    } else if (static_cast<std::size_t>(inside) < kFewestReadings) {
        row.reason = "window too short: the meter has " + std::to_string(inside) + " reading(s) in it";
    } else {
        row.provenance = "measured";
        row.joules = joulesBetween(readings, begin, end) - options.idleWatts.value_or(0.0) * (end - begin);
    }
    return row;
}

using Repetition = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, int>;
struct Window {
    SampleRow row;  ///< any of its samples
    double startMs = 0.0;
    double lengthMs = 0.0;
};

std::map<Repetition, Window> windowsOf(const std::vector<SampleRow>& samples) {
    std::map<Repetition, Window> windows;
    for (const auto& sample : samples) {
        if (sample.metric != "started_unix_ms" && sample.metric != "elapsed_ms")
            continue;
        auto& window =
            windows[{sample.test, sample.prompt, sample.generate, sample.depth, sample.repetition}];
        window.row = sample;
        (sample.metric == "elapsed_ms" ? window.lengthMs : window.startMs) = sample.value;
    }
    return windows;
}

}  // namespace

Result<std::vector<PowerReading>> parseMeterCsv(std::string_view text, const std::string& file) {
    std::vector<PowerReading> readings;
    int line = 0;
    while (!text.empty()) {
        ++line;
        const auto end = std::min(text.find('\n'), text.size());
        const auto row = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (row.empty() || row.front() == '#')
            continue;
        const auto cut = row.find_first_of(",;\t");
        const auto rest = cut == std::string_view::npos ? std::string_view() : row.substr(cut + 1);
        const auto time = timeOf(trimmed(row.substr(0, cut)));
        const auto watts = numberOf(trimmed(rest.substr(0, rest.find_first_of(",;\t"))));
        if ((!time || !watts) && readings.empty() && line == 1)
            continue;  // the head
        const auto refuse = [&](const std::string& why) {
            return Error{ErrorCode::corrupt, file + ":" + std::to_string(line) + ": " + why};
        };
        if (!time || !watts)
            return refuse(
                "expected a time (seconds since 1970 or ISO 8601) and watts, e.g. "
                "2026-11-24T10:15:30.5Z,41.7");
        if (!readings.empty() && *time <= readings.back().unixSeconds)
            return refuse("the time does not rise");
        readings.push_back({*time, *watts});
    }
    if (readings.size() < 2)
        return Error{ErrorCode::corrupt, file + " holds fewer than two readings (time, W)"};
    return readings;
}

Result<ImportedEnergy> importMeter(Store& store, std::int64_t runId, const std::filesystem::path& file,
                                   const MeterImport& options) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return Error{ErrorCode::notFound, file.string() + " cannot be read; does the file exist?"};
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    auto readings = parseMeterCsv(text, file.string());
    if (!readings)
        return readings.error();
    for (auto& reading : *readings)
        reading.unixSeconds += options.clockOffset;
    const auto run = store.run(runId);
    if (!run)
        return run.error();
    auto lanes = store.lanes(runId);
    if (!lanes)
        return lanes.error();
    const auto name = "run " + std::to_string(runId);
    std::vector<SampleRow> samples;
    std::vector<EnergyRow> rows;
    ImportedEnergy imported;
    for (const auto& lane : *lanes) {
        auto stored = store.samples(lane.id);
        auto energy = store.energy(lane.id);
        if (!stored || !energy)
            return stored ? energy.error() : stored.error();
        for (const auto& row : *energy)
            if (row.joules && row.provenance == "measured")
                return Error{ErrorCode::invalidInput,
                             name + " has energy from " + row.source + " already; two sources are not mixed"};
        for (auto& [key, window] : windowsOf(*stored)) {
            const double begin = window.startMs / 1000.0;
            auto row = energyOf(*readings, begin, begin + window.lengthMs / 1000.0, options);
            row.laneId = lane.id;
            row.repetition = window.row.repetition;
            row.source = "external:" + file.filename().string();
            const BenchmarkTest test{window.row.test, window.row.prompt, window.row.generate,
                                     window.row.depth};
            if (row.joules) {
                ++imported.repetitions;
                const auto add = [&](const char* metric, const char* unit, double value) {
                    auto& sample = samples.emplace_back(window.row);
                    sample.metric = metric;
                    sample.unit = unit;
                    sample.value = value;
                    sample.measuredAt = utcNow();
                };
                const auto tokens =
                    static_cast<double>(std::max<std::int64_t>(1, test.prompt + test.generate));
                row.joulesPerToken = *row.joules / tokens;
                add("joules_per_token", "J/token", *row.joulesPerToken);
                if (options.idleWatts)
                    add("energy_net_joules", "J", *row.joules);
                add("energy_gross_joules", "J",
                    *row.joules + options.idleWatts.value_or(0.0) * window.lengthMs / 1000.0);
            } else {
                ++imported.without;
                row.reason = testText(test) + ": " + row.reason;
            }
            rows.push_back(std::move(row));
        }
    }
    if (imported.repetitions == 0) {
        const auto why =
            rows.empty() ? std::string("it has no repetitions with a start time") : rows.front().reason;
        return Error{ErrorCode::invalidInput,
                     name + " gets nothing from " + file.string() + " (" + why +
                         "); are the clocks alike? --clock-offset shifts the meter's"};
    }
    if (auto kept = store.addSamples(samples); !kept)
        return kept.error();
    for (const auto& row : rows)
        if (auto kept = store.addEnergy(row); !kept)
            return kept.error();
    return imported;
}

}  // namespace engine
