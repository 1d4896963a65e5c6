// anven system [--roofline]: the machine as reports describe it, and what limits kernels on it.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/energy/energy.h"
#include "engine/system/roofline.h"
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

void printRoofline(const engine::Roofline& roofline) {
    std::printf("read          %.1f GB/s from memory with %d threads (%.1f to %.1f)\n", roofline.readGbPerS,
                roofline.threads, roofline.readGbPerSMin, roofline.readGbPerSMax);
    const auto peak = [](const char* label, const engine::Roofline::Peak& of) {
        std::printf("%-14s%.0f Gop/s (%s)\n", label, of.gops, of.instructions.c_str());
    };
    if (roofline.int8)
        peak("int8 peak", *roofline.int8);
    if (roofline.bf16)
        peak("bf16 peak", *roofline.bf16);
    peak("fp32 peak", roofline.fp32);
    if (roofline.barrierUs)
        std::printf("barrier       %.2f us\n", *roofline.barrierUs);
}

}  // namespace

void addSystem(Commands& commands) {
    struct Options {
        bool roofline = false;
        int threads = 0;
    };
    auto [command, options] = commands.add<Options>("system", "Describe this machine and its energy meters");
    auto* roofline = command->add_flag("--roofline", options->roofline,
                                       "Measure memory bandwidth and arithmetic peaks too (2 s, 1 GiB)");
    command->add_option("--threads", options->threads, "Threads of the roofline; 0 = one per physical core")
        ->check(CLI::Range(0, 1024))
        ->needs(roofline);
    commands.onChosen(command, [options = options](Context& context) -> Result<void> {
        std::optional<engine::Roofline> measured;
        if (options->roofline) {
            engine::RooflineRequest request;
            request.threads = options->threads;
            auto result = engine::measureRoofline(request, context.stop.get_token());
            if (!result)
                return result.error();
            measured = std::move(*result);
        }
        if (context.json) {
            auto document = nlohmann::json::parse(engine::systemInfoJson());
            if (measured)
                document["roofline"] = nlohmann::json::parse(engine::rooflineJson(*measured));
            printJson(document);
        } else {
            printText(engine::readSystemInfo());
            if (measured)
                printRoofline(*measured);
        }
        return {};
    });
}

}  // namespace app
