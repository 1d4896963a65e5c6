#include "engine/quantize/sensitivity.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/units.h"
#include "engine/quantize/source_checks.h"

namespace engine {
namespace {

/// Which linears one version of a block changes, for one row of the report.
struct Version {
    std::size_t first = 0;
    std::size_t count = 1;
};

std::vector<Version> versionsOf(bool wholeBlocks) {
    if (wholeBlocks)
        return {{0, BlockWeights{}.linears.size()}};
    std::vector<Version> versions;
    for (std::size_t i = 0; i < BlockWeights{}.linears.size(); ++i)
        versions.push_back({i, 1});
    return versions;
}

/// The versions of one block, and a row of the report for each.
Result<std::vector<BlockWeights>> change(const ScanRequest& request, std::int64_t layer,
                                         const BlockWeights& block, const BlockGrams& grams, ThreadTeam& team,
                                         std::vector<Sensitivity>& rows) {
    std::vector<BlockWeights> versions;
    for (const auto& [first, count] : versionsOf(request.wholeBlocks))
        for (const auto& scheme : request.schemes) {
            auto version = block;
            Sensitivity row{"layers." + std::to_string(layer), scheme, 0.0, 0.0, 0, 0};
            if (!request.wholeBlocks)
                row.name = block.linears[first].name;
            ChangedWeights changed;
            for (std::size_t i = first; i < first + count; ++i) {
                auto& linear = version.linears[i];
                const auto one =
                    roundLinear(linear, &grams.of(i), scheme, request.method, request.options, team);
                if (!one)
                    return one.error();
                changed.lost += one->lost;
                changed.all += one->all;
                row.bytes += scheme.bytes(linear.rows, linear.cols);
                row.parameters += linear.rows * linear.cols;
            }
            row.relError = changed.all > 0.0 ? std::sqrt(changed.lost / changed.all) : 0.0;
            rows.push_back(std::move(row));
            versions.push_back(std::move(version));
        }
    return versions;
}

}  // namespace

Result<ChangedWeights> roundLinear(LinearWeights& linear, const Gram* gram, const WeightScheme& scheme,
                                   std::string_view method, const MethodOptions& options, ThreadTeam& team) {
    ChangedWeights changed;
    if (scheme.floating())
        return changed;
    const auto entry = quantizerNamed(method);
    if (!entry)
        return entry.error();
    if ((*entry)->quantize == nullptr)
        return Error{ErrorCode::invalidInput, std::string(method) +
                                                  " tunes whole blocks, not single linears; scan "
                                                  "and search with a recipe of rtn or gptq"};
    const auto codes = (*entry)->quantize(
        {linear.name, linear.rows, linear.cols, linear.weight, scheme, (*entry)->calibrated ? gram : nullptr},
        options, team);
    if (!codes)
        return codes.error();
    std::vector<float> row(static_cast<std::size_t>(linear.cols));
    for (std::int64_t r = 0; r < linear.rows; ++r) {
        codes->dequantizeRow(r, row.data());
        float* original = linear.weight.data() + r * linear.cols;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const double error = double{row[c]} - double{original[c]};
            changed.lost += error * error;
            changed.all += double{original[c]} * double{original[c]};
            original[c] = row[c];
        }
    }
    return changed;
}

Result<ScanReport> scanSensitivity(
    const ScanRequest& asked, const std::function<void(std::int64_t done, std::int64_t layers)>& progress,
    std::stop_token stop) {
    const auto started = Clock::now();
    auto request = asked;
    if (request.schemes.empty())
        for (const int bits : {2, 3, 4, 8})
            request.schemes.push_back(WeightScheme::groupwise(bits, 32));
    auto source = Checkpoint::open(request.model);
    if (!source)
        return source.error();
    if (auto ok = checkFloating(**source); !ok)
        return ok.error();
    auto probe = DivergenceProbe::create(**source, calibrationTextOr(request.text), request.windows,
                                         request.windowSize, request.threads);
    if (!probe)
        return probe.error();
    ScanReport report{request.model, request.method, request.wholeBlocks, (*probe)->tokens(), 0.0, {}};
    const auto results = (*probe)->eachAlone(
        [&](std::int64_t layer, const BlockWeights& block, const BlockGrams& grams) {
            return change(request, layer, block, grams, (*probe)->team(), report.rows);
        },
        [&](std::int64_t layer) {
            if (progress)
                progress(layer + 1, (*source)->config.nLayers);
        },
        std::move(stop));
    if (!results)
        return results.error();
    std::size_t row = 0;
    for (const auto& layer : *results)
        for (const double kl : layer)
            report.rows[row++].kl = kl;
    report.seconds = seconds(Clock::now() - started);
    return report;
}

std::string toText(const ScanReport& report) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : report.rows)
        rows.push_back({{"name", row.name},
                        {"scheme", row.scheme.name()},
                        {"kl", row.kl},
                        {"rel_error", row.relError},
                        {"bytes", row.bytes},
                        {"parameters", row.parameters}});
    return nlohmann::json{{"model", report.model},
                          {"method", report.method},
                          {"unit", report.wholeBlocks ? "block" : "linear"},
                          {"tokens", report.tokens},
                          {"seconds", report.seconds},
                          {"rows", std::move(rows)}}
        .dump(1);
}

}  // namespace engine
