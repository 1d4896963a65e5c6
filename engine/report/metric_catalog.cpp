#include "engine/report/metric_catalog.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace engine {
namespace {

constexpr MetricInfo kMetrics[] = {
    {"ttft_ms", "Time to first token", "TTFT", "ms", false, true},
    {"prefill_tokens_per_s", "Prefill speed", "Prefill", "tok/s", true, true},
    {"decode_tokens_per_s", "Decode speed", "Decode", "tok/s", true, true},
    {"peak_rss_bytes", "Peak memory", "Memory", "bytes", false, true},
    {"joules_per_token", "Energy per token", "Energy", "J/token", false, true},
    {"image_encode_ms", "Time to encode images, part of TTFT", "Images", "ms", false, false},
    {"tpot_ms", "Time per output token", "TPOT", "ms", false, false},
    {"itl_ms", "Inter-token latency", "ITL", "ms", false, false},
    {"weights_bytes", "Weights", "Weights", "bytes", false, false},
    {"kv_bytes", "KV cache", "KV", "bytes", false, false},
    {"load_ms", "Load time", "Load", "ms", false, false},
    {"warmup_ms", "Warm-up run", "Warm-up", "ms", false, false, true},
    {"cpu_pressure_before", "CPU pressure before", "PSI before", "%", false, false, true},
    {"cpu_pressure_during", "CPU pressure during", "PSI during", "%", false, false, true},
    {"load_average_before", "Load average before", "Load average", "threads", false, false, true},
    {"mhz_before", "CPU clock before", "Clock before", "MHz", true, false, true},
    {"mhz_during", "CPU clock during, lowest", "Clock", "MHz", true, false, true},
    {"celsius_before", "CPU temperature before", "°C before", "°C", false, false, true},
    {"celsius_during", "CPU temperature during, highest", "°C", "°C", false, false, true},
    {"throttles_during", "Thermal throttles during", "Throttles", "", false, false, true},
    {"started_unix_ms", "Start of the timed region", "Start", "ms since 1970", false, false, true},
    {"elapsed_ms", "Length of the timed region", "Length", "ms", false, false, true},
    {"idle_watts", "Idle power", "Idle", "W", false, false, true},
    {"energy_gross_joules", "Energy, gross", "J gross", "J", false, false},
    {"energy_net_joules", "Energy, net of idle", "J net", "J", false, false},
    {"draft_acceptance", "Draft tokens accepted", "Accepted", "share", true, false},
    {"tokens_per_forward", "Tokens per forward pass", "Tokens/pass", "tok/pass", true, false},
    {"top1", "Top-1 agreement", "Top-1", "share", true, false},
    {"kl_mean", "KL divergence", "KL", "nats/token", false, false},
    {"reference_nll", "The reference's -log p of the answer", "-log p", "nats/token", false, false},
    {"perplexity", "Perplexity", "PPL", "", false, false},
    {"kl_p99", "KL divergence, 99th percentile", "KL p99", "nats/token", false, false},
    {"first_divergence", "First divergence", "Diverges", "token", true, false},
};

constexpr double kKibi = 1024.0;

/// printf follows the locale, which a window sets: reports would then hold decimal commas.
std::string written(double value, std::chars_format format, int precision) {
    char text[400];  // fixed notation of the largest double has 309 digits
    const auto end = std::to_chars(text, text + sizeof text, value, format, precision);
    return {text, end.ptr};
}

}  // namespace

std::span<const MetricInfo> metricCatalog() {
    return kMetrics;
}

MetricInfo metricInfo(std::string_view metric) {
    const auto* found = std::find_if(std::begin(kMetrics), std::end(kMetrics),
                                     [&](const MetricInfo& info) { return info.metric == metric; });
    return found != std::end(kMetrics) ? *found : MetricInfo{metric, metric, metric, "", false, false};
}

std::string formatFixed(double value, int digits) {
    return written(value, std::chars_format::fixed, digits);
}

std::string formatNumber(double value) {
    if (!std::isfinite(value))
        return "not a number";
    const double magnitude = std::abs(value);
    if (magnitude != 0.0 && magnitude < 1e-4)
        return written(value, std::chars_format::scientific, 2);
    if (magnitude >= 99.95)
        return formatFixed(value, 0);
    return written(value, std::chars_format::general, 3);
}

ScaledUnit unitFor(std::string_view metric, double scale) {
    const auto unit = metricInfo(metric).unit;
    if (unit == "bytes") {
        constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
        double divisor = 1.0;
        std::size_t step = 0;
        for (; std::abs(scale) / divisor >= kKibi && step + 1 < std::size(kUnits); ++step)
            divisor *= kKibi;
        return {divisor, kUnits[step]};
    }
    if (unit == "ms" && std::abs(scale) >= 10000.0)
        return {1000.0, "s"};
    if (unit == "share")
        return {0.01, "%"};
    return {1.0, std::string(unit)};
}

std::string formatMetric(std::string_view metric, double value) {
    const auto unit = unitFor(metric, value);
    return formatNumber(value / unit.divisor) + (unit.unit.empty() ? "" : " " + unit.unit);
}

}  // namespace engine
