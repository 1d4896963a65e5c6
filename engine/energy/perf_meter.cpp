// Package energy through the kernel's perf power events (perf_event_open, power/energy-pkg/).
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "engine/energy/meters.h"
#include "engine/energy/sysfs.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

class PerfMeter : public EnergyMeter {
public:
    PerfMeter(std::vector<int> counters, double scale) : counters_(std::move(counters)), scale_(scale) {}
    ~PerfMeter() override {
        for (const int fd : counters_)
            ::close(fd);
    }
    PerfMeter(const PerfMeter&) = delete;
    PerfMeter& operator=(const PerfMeter&) = delete;

    Result<Joules> read() override {
        double units = 0.0;
        for (const int fd : counters_) {
            std::uint64_t value = 0;  // 64 bits: the kernel handles the register's wrap
            if (::read(fd, &value, sizeof value) != static_cast<ssize_t>(sizeof value))
                return Error{ErrorCode::io, "perf power/energy-pkg/ cannot be read any more"};
            units += static_cast<double>(value);
        }
        return Joules{units * scale_};
    }
    std::string source() const override { return "perf:energy-pkg"; }

private:
    std::vector<int> counters_;
    double scale_;
};

/// First CPU of every package: "0,16" or "0-1".
Result<std::vector<int>> cpusIn(const std::string& mask) {
    std::vector<int> cpus;
    const char* at = mask.data();
    const char* const end = mask.data() + mask.size();
    while (at < end) {
        int first = 0;
        auto parsed = std::from_chars(at, end, first);
        int last = first;
        if (parsed.ec == std::errc{} && parsed.ptr < end && *parsed.ptr == '-')
            parsed = std::from_chars(parsed.ptr + 1, end, last);
        if (parsed.ec != std::errc{} || first < 0 || last < first || last - first > 4096)
            return Error{ErrorCode::corrupt,
                         "perf: cpumask '" + mask.substr(0, 60) + "' is not a list of CPUs"};
        for (int cpu = first; cpu <= last; ++cpu)
            cpus.push_back(cpu);
        at = parsed.ptr < end ? parsed.ptr + 1 : end;
    }
    return cpus;
}

}  // namespace

Result<std::unique_ptr<EnergyMeter>> openPerf(const std::string& root) {
    const auto device = fs::path(root) / "sys/bus/event_source/devices/power";
    auto type = readNumber(device / "type");
    auto event = readAttribute(device / "events/energy-pkg");  // "event=0x02"
    auto scale = readAttribute(device / "events/energy-pkg.scale");
    auto mask = readAttribute(device / "cpumask");
    if (!type || !event || !scale || !mask)
        return Error{ErrorCode::unavailable,
                     "the kernel offers no perf power events (/sys/bus/event_source/devices/power)"};
    const auto equals = event->find('=');
    double joulesPerUnit = 0.0;  // stays 0 for what is no number
    std::from_chars(scale->data(), scale->data() + scale->size(), joulesPerUnit);
    if (equals == std::string::npos || joulesPerUnit <= 0.0)
        return Error{ErrorCode::corrupt, "perf: energy-pkg has event '" + event->substr(0, 40) +
                                             "' and scale '" + scale->substr(0, 40) + "'"};
    auto cpus = cpusIn(*mask);
    if (!cpus)
        return cpus.error();
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = static_cast<std::uint32_t>(*type);
    attributes.config = std::strtoull(event->c_str() + equals + 1, nullptr, 0);
    std::vector<int> counters;
    for (const int cpu : *cpus) {
        const auto fd =
            static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
        if (fd < 0) {
            const int code = errno;
            for (const int opened : counters)
                ::close(opened);
            return Error{ErrorCode::unavailable,
                         std::string("perf power/energy-pkg/: ") + std::strerror(code) +
                             (code == EACCES || code == EPERM
                                  ? "; allow it with: sudo sysctl kernel.perf_event_paranoid=0"
                                  : "")};
        }
        counters.push_back(fd);
    }
    return std::unique_ptr<EnergyMeter>(std::make_unique<PerfMeter>(std::move(counters), joulesPerUnit));
}

}  // namespace engine
