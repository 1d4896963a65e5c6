#include "engine/benchmark/kernel_measurement.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/store/store.h"
#include "engine/system/system_info.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Json toJson(const KernelTiming& timing) {
    return {{"op", timing.op},
            {"shape", timing.shape},
            {"variant", timing.variant},
            {"arithmetic", timing.arithmetic},
            {"in_use", timing.inUse},
            {"ms", timing.milliseconds},
            {"gops", timing.gops},
            {"gbps", timing.gbps},
            {"percent_of_peak", timing.percentOfPeak},
            {"percent_of_memory", timing.percentOfMemory ? Json(*timing.percentOfMemory) : Json(nullptr)},
            {"percent_of_arithmetic", timing.percentOfArithmetic}};
}

Json toJson(const KernelBenchmark& benchmark) {
    Json ops = Json::array();
    for (const auto& timing : benchmark.timings)
        ops.push_back(toJson(timing));
    return {{"bandwidth_gbps", benchmark.roofline.readGbPerS},
            {"threads", benchmark.roofline.threads},
            {"roofline", Json::parse(rooflineJson(benchmark.roofline))},
            {"ops", std::move(ops)}};
}

bool isRate(double value) {
    return std::isfinite(value) && value > 0.0;
}

KernelTiming timingFrom(const Json& json) {
    KernelTiming timing;
    timing.op = json.at("op").get<std::string>();
    timing.shape = json.at("shape").get<std::string>();
    timing.variant = json.at("variant").get<std::string>();
    timing.arithmetic = json.at("arithmetic").get<std::string>();
    timing.inUse = json.at("in_use").get<bool>();
    timing.milliseconds = json.at("ms").get<double>();
    timing.gops = json.at("gops").get<double>();
    timing.gbps = json.at("gbps").get<double>();
    timing.percentOfPeak = json.at("percent_of_peak").get<double>();
    if (const auto& percent = json.at("percent_of_memory"); !percent.is_null())
        timing.percentOfMemory = percent.get<double>();
    timing.percentOfArithmetic = json.at("percent_of_arithmetic").get<double>();
    return timing;
}

std::optional<Roofline::Peak> peakFrom(const Json& roofline, const char* rate, const char* type) {
    if (roofline.at(rate).is_null())
        return std::nullopt;
    return Roofline::Peak{roofline.at("instructions").at(type).get<std::string>(),
                          roofline.at(rate).get<double>()};
}

Roofline rooflineFrom(const Json& json) {
    Roofline roofline;
    roofline.threads = json.at("threads").get<int>();
    roofline.readGbPerS = json.at("read_gb_per_s").get<double>();
    roofline.readGbPerSMin = json.at("read_gb_per_s_min").get<double>();
    roofline.readGbPerSMax = json.at("read_gb_per_s_max").get<double>();
    roofline.int8 = peakFrom(json, "int8_gops", "int8");
    roofline.bf16 = peakFrom(json, "bf16_gops", "bf16");
    roofline.fp32 = peakFrom(json, "fp32_gops", "fp32").value_or(Roofline::Peak{});
    if (const auto& barrier = json.at("barrier_us"); !barrier.is_null())
        roofline.barrierUs = barrier.get<double>();
    return roofline;
}

bool isSound(const KernelBenchmark& benchmark) {
    const auto& roofline = benchmark.roofline;
    bool sound = isRate(roofline.readGbPerS) && isRate(roofline.fp32.gops) && isRate(roofline.int8Gops()) &&
                 isRate(roofline.bf16Gops());
    for (const auto& timing : benchmark.timings)
        sound = sound && isRate(timing.milliseconds) && isRate(timing.gops) && isRate(timing.gbps) &&
                isRate(timing.percentOfPeak);
    return sound;
}

}  // namespace

Result<KernelMeasurement> measureKernels(int repetitions, const KernelBenchmarkProgress& progress,
                                         std::stop_token stop) {
    auto benchmark = benchmarkKernels(repetitions, progress, std::move(stop));
    if (!benchmark)
        return benchmark.error();
    return KernelMeasurement{utcNow(), readSystemInfo().cpu, std::move(*benchmark)};
}

std::string kernelBenchmarkJson(const KernelBenchmark& benchmark) {
    return toJson(benchmark).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string kernelMeasurementJson(const KernelMeasurement& measurement) {
    auto json = toJson(measurement.benchmark);
    json["measured_at"] = measurement.measuredAt;
    json["cpu"] = measurement.cpu;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<KernelMeasurement> kernelMeasurementFromJson(const std::string& text) {
    const Error damaged{ErrorCode::corrupt,
                        "kernel measurement: the text is damaged or of another version; measure again"};
    try {
        const auto json = Json::parse(text);
        KernelMeasurement measurement;
        measurement.measuredAt = json.at("measured_at").get<std::string>();
        measurement.cpu = json.at("cpu").get<std::string>();
        measurement.benchmark.roofline = rooflineFrom(json.at("roofline"));
        for (const auto& op : json.at("ops"))
            measurement.benchmark.timings.push_back(timingFrom(op));
        if (!isSound(measurement.benchmark))
            return damaged;
        return measurement;
    } catch (const Json::exception&) {
        return damaged;
    }
}

}  // namespace engine
