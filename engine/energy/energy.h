#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/units.h"

namespace engine {

/// How an energy value came to be. An estimate is never shown as a measurement, and no value is never shown
/// as zero.
enum class Provenance { measured, estimated, unavailable };
std::string_view name(Provenance provenance);

/// Cumulative energy of one source since an arbitrary start. read() may be called from any thread.
class EnergyMeter {
public:
    virtual ~EnergyMeter() = default;
    /// Monotone: counter wrap is handled inside. Errors: io when the source vanished; voids the measurement.
    virtual Result<Joules> read() = 0;
    /// E.g. "rapl:package-0", "battery", "hwmon:ina219", "cpu-time-model".
    virtual std::string source() const = 0;
    virtual Provenance provenance() const { return Provenance::measured; }
    /// Shortest window that the source resolves; shorter ones are reported as unavailable ("window too
    /// short").
    virtual std::chrono::milliseconds shortestWindow() const { return std::chrono::milliseconds(500); }
};

/// One kind of source; open() says why it cannot be used here (absent, permission and the command that grants
/// it, virtual machine). `root` is "/" outside tests.
struct MeterEntry {
    std::string_view id;
    Result<std::unique_ptr<EnergyMeter>> (*open)(const std::string& root);
};
/// Every meter in order of preference: RAPL powercap, perf power events, hwmon, battery.
std::span<const MeterEntry> meters();

struct MeterStatus {
    std::string name;
    Provenance provenance = Provenance::unavailable;
    bool available = false;
    std::string reason;  ///< why not; empty when available
};
std::vector<MeterStatus> meterStatuses(const std::string& root = "/");

/// Energy of one timed region. `joules` is net of the idle baseline when one was measured, else gross.
struct EnergyResult {
    std::optional<double> joules;
    std::optional<double> grossJoules;
    std::optional<double> idleWatts;
    std::optional<double> joulesPerToken;
    std::string source = "none";
    Provenance provenance = Provenance::unavailable;
    std::string reason;  ///< why there is no value
    bool operator==(const EnergyResult&) const = default;
};

struct EnergyOptions {
    bool estimateFromCpuTime = false;           ///< only when asked for; labelled "estimated"
    double estimateWattsPerCore = 0.0;          ///< of the CPU-time model; needed for it
    std::chrono::milliseconds idleBaseline{0};  ///< measured before the region; 0 = gross only
    std::optional<double> idleWatts;            ///< measured by somebody else before
    std::string root = "/";
};

/// Measures regions with the best available source. One thread at a time.
class EnergyRecorder {
public:
    explicit EnergyRecorder(const EnergyOptions& options = {});
    ~EnergyRecorder();
    /// Sleeps for options.idleBaseline and notes the idle power; nothing when there is no meter.
    void measureIdle(const std::stop_token& stop = {});
    std::optional<double> idleWatts() const;
    void start();
    /// Energy since start(), divided by `tokens` when > 0.
    EnergyResult stop(std::int64_t tokens);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace engine
