// Intel and AMD package energy through the powercap class (Linux Documentation/power/powercap).
#include <mutex>

#include "engine/energy/meters.h"
#include "engine/energy/sysfs.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

/// A counter in microjoules that starts again at zero after `range`.
struct Domain {
    std::string name;
    fs::path counter;
    std::uint64_t range = 0;
    std::uint64_t last = 0;
    std::uint64_t total = 0;
};

class RaplMeter : public EnergyMeter {
public:
    explicit RaplMeter(std::vector<Domain> domains) : domains_(std::move(domains)) {
        source_ = "rapl:";
        for (std::size_t i = 0; i < domains_.size(); ++i)
            source_ += (i == 0 ? "" : "+") + domains_[i].name;
    }

    Result<Joules> read() override {
        const std::lock_guard lock(mutex_);
        std::uint64_t microjoules = 0;
        for (auto& domain : domains_) {
            auto now = readNumber(domain.counter);
            if (!now)
                return now.error();
            domain.total += *now >= domain.last ? *now - domain.last : *now + domain.range - domain.last;
            domain.last = *now;
            microjoules += domain.total;
        }
        return Joules{static_cast<double>(microjoules) * 1e-6};
    }
    std::string source() const override { return source_; }

private:
    std::mutex mutex_;
    std::vector<Domain> domains_;
    std::string source_;
};

/// Packages and their memory. psys holds the packages and core, uncore lie inside them: adding those would
/// count twice.
bool counts(const std::string& name) {
    return name.starts_with("package") || name == "dram";
}

Result<void> addDomain(const fs::path& zone, const std::string& label, std::vector<Domain>& domains) {
    auto now = readNumber(zone / "energy_uj");
    if (!now && now.error().code == ErrorCode::unavailable)
        return Error{ErrorCode::unavailable,
                     (zone / "energy_uj").string() +
                         " may be read by root only; allow it until the next start with: "
                         "sudo chmod a+r /sys/class/powercap/*/energy_uj"};
    if (!now)
        return now.error();
    auto range = readNumber(zone / "max_energy_range_uj");
    if (!range)
        return range.error();
    domains.push_back({label, zone / "energy_uj", *range, *now, 0});
    return {};
}

}  // namespace

Result<std::unique_ptr<EnergyMeter>> openRapl(const std::string& root) {
    const auto powercap = fs::path(root) / "sys/class/powercap";
    std::vector<Domain> domains;
    // The same counters may also appear as intel-rapl-mmio; only one of the two trees is read.
    for (const std::string prefix : {"intel-rapl:", "intel-rapl-mmio:"}) {
        for (const auto& zone : subfolders(powercap)) {
            const auto folder = zone.filename().string();
            if (!folder.starts_with(prefix))
                continue;
            auto name = readAttribute(zone / "name");
            if (!name || !counts(*name))
                continue;
            const bool isDram = *name == "dram";
            const auto parent = folder.substr(0, folder.find(':', prefix.size()));
            const auto label = isDram ? "dram-" + parent.substr(prefix.size()) : *name;
            if (auto added = addDomain(zone, label, domains); !added)
                return added.error();
        }
        if (!domains.empty())
            break;
    }
    if (domains.empty())
        return Error{ErrorCode::unavailable,
                     inVirtualMachine(root)
                         ? "a virtual machine is not given the host's energy counters (no RAPL zones in "
                           "/sys/class/powercap)"
                         : "no RAPL package zone in /sys/class/powercap; the CPU or kernel lacks it, or the "
                           "module is not loaded (sudo modprobe intel_rapl_msr)"};
    return std::unique_ptr<EnergyMeter>(std::make_unique<RaplMeter>(std::move(domains)));
}

}  // namespace engine
