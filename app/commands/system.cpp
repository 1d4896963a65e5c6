// anven system: the machine as reports describe it.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/energy/energy.h"
#include "engine/system/system_info.h"

namespace app {
namespace {

void printText(const engine::SystemInfo& info) {
    const auto line = [](const char* label, const std::string& value) {
        std::cout << label << std::string(14 - std::string_view(label).size(), ' ')
                  << (value.empty() ? "unknown" : value) << '\n';
    };
    line("cpu", info.cpu);
    line("topology", info.topology);
    for (const auto& cache : info.caches)
        line("cache", "L" + std::to_string(cache.level) + " " + cache.type + " " +
                          bytesText(static_cast<double>(cache.bytes)) + " x " + std::to_string(cache.count));
    line("numa nodes", std::to_string(info.numaNodes));
    line("memory", bytesText(static_cast<double>(info.memoryBytes)) + ", available " +
                       bytesText(static_cast<double>(info.availableMemoryBytes)));
    std::string isa;
    for (const auto& feature : info.isa)
        isa += (isa.empty() ? "" : " ") + feature;
    line("isa", isa);
    line("os", info.os);
    line("kernel", info.kernel);
    line("governor", info.governor);
    line("frequency", info.frequency);
    line("virtual", info.virtualization);
    for (const auto& meter : engine::meterStatuses())
        line("energy", meter.name + ": " + (meter.available ? "available" : "unavailable, " + meter.reason));
}

}  // namespace

void addSystem(Commands& commands) {
    struct None {};
    auto [command, none] = commands.add<None>("system", "Describe this machine and its energy meters");
    commands.onChosen(command, [](Context& context) -> Result<void> {
        if (context.json)
            std::cout << engine::systemInfoJson() << std::endl;
        else
            printText(engine::readSystemInfo());
        return {};
    });
}

}  // namespace app
