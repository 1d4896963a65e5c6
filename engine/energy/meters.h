#pragma once

#include <memory>
#include <string>

#include "engine/energy/energy.h"

/// One opener per kind of source; each says why it cannot be used here. Registered in meters.cpp.
namespace engine {

Result<std::unique_ptr<EnergyMeter>> openRapl(const std::string& root);
Result<std::unique_ptr<EnergyMeter>> openPerf(const std::string& root);
Result<std::unique_ptr<EnergyMeter>> openHwmon(const std::string& root);
Result<std::unique_ptr<EnergyMeter>> openBattery(const std::string& root);

/// CPU seconds of this process times `wattsPerCore`: an estimate, used only when asked for.
std::unique_ptr<EnergyMeter> makeCpuTimeMeter(double wattsPerCore);

}  // namespace engine
