#include <ctime>

#include "engine/energy/meters.h"

namespace engine {
namespace {

class CpuTimeMeter : public EnergyMeter {
public:
    explicit CpuTimeMeter(double wattsPerCore) : wattsPerCore_(wattsPerCore) {}

    Result<Joules> read() override {
        timespec time{};
        if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0)
            return Error{ErrorCode::io, "the CPU time of this process cannot be read"};
        return Joules{wattsPerCore_ *
                      (static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec))};
    }
    std::string source() const override { return "cpu-time-model"; }
    Provenance provenance() const override { return Provenance::estimated; }
    std::chrono::milliseconds shortestWindow() const override { return std::chrono::milliseconds(0); }

private:
    double wattsPerCore_;
};

}  // namespace

std::unique_ptr<EnergyMeter> makeCpuTimeMeter(double wattsPerCore) {
    return std::make_unique<CpuTimeMeter>(wattsPerCore);
}

}  // namespace engine
