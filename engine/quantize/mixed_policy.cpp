#include "engine/quantize/mixed_policy.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/units.h"
#include "engine/model/architectures.h"

namespace engine {
namespace {

SearchProblem problemOf(const ScanReport& scan, double bitsPerWeight) {
    SearchProblem problem;
    double parameters = 0.0;
    for (const auto& row : scan.rows) {
        if (problem.items.empty() || problem.items.back().name != row.name) {
            problem.items.push_back({row.name, {}});
            parameters += static_cast<double>(row.parameters);
        }
        problem.items.back().choices.push_back({row.scheme, row.bytes, row.kl});
    }
    problem.bytes = static_cast<std::int64_t>(parameters * bitsPerWeight / 8.0);
    return problem;
}

/// Rounds every linear as the assignment says; items stand in the order of layers and linears.
Result<double> measured(DivergenceProbe& probe, const SearchProblem& problem, const Assignment& assignment,
                        const ScanRequest& scan, const std::stop_token& stop) {
    const auto change = [&](std::int64_t layer, const BlockWeights& block,
                            const BlockGrams& grams) -> Result<std::vector<BlockWeights>> {
        std::vector<BlockWeights> changed{block};
        auto& linears = changed.front().linears;
        for (std::size_t i = 0; i < linears.size(); ++i) {
            const auto item = static_cast<std::size_t>(layer) * linears.size() + i;
            const auto& choice = problem.items[item].choices[assignment[item]];
            if (const auto ok = roundLinear(linears[i], &grams.of(i), choice.scheme, scan.method,
                                            scan.options, probe.team());
                !ok)
                return ok.error();
        }
        return changed;
    };
    return probe.together(change, stop);
}

QuantizationPolicy policyOf(const MixedPolicyRequest& request, const SearchProblem& problem,
                            const Assignment& best) {
    QuantizationPolicy policy;
    policy.name = "Mixed, " + request.search + " search";
    policy.description = "A scheme for every linear, searched on this model; embedding and head in 8 bit.";
    policy.method = request.scan.method;
    policy.options = request.scan.options;
    for (std::size_t i = 0; i < best.size(); ++i)
        policy.rules.push_back({problem.items[i].name, problem.items[i].choices[best[i]].scheme});
    for (const char* table : {"tok_embeddings", "output"}) {
        policy.rules.push_back({table, {}});
        policy.rules.back().scheme = *WeightScheme::parse("int8_channel");
    }
    return policy;
}

}  // namespace

Result<MixedPolicyReport> searchPolicy(const MixedPolicyRequest& request,
                                       const std::function<void(const std::string&, double)>& progress,
                                       std::stop_token stop) {
    const auto started = Clock::now();
    const auto search = policySearchNamed(request.search);
    if (!search)
        return search.error();
    const auto show = [&](const std::string& what, double share) {
        if (progress)
            progress(what, share);
    };
    const auto scan = scanSensitivity(
        request.scan,
        [&](std::int64_t done, std::int64_t layers) {
            show("scanning layer " + std::to_string(done) + " of " + std::to_string(layers),
                 0.5 * static_cast<double>(done) / static_cast<double>(layers));
        },
        stop);
    if (!scan)
        return scan.error();
    auto source = Checkpoint::open(request.scan.model);
    if (!source)
        return source.error();
    auto probe = DivergenceProbe::create(**source, calibrationTextOr(request.scan.text), request.scan.windows,
                                         request.scan.windowSize, request.scan.threads);
    if (!probe)
        return probe.error();
    const auto problem = problemOf(*scan, request.bitsPerWeight);
    std::int64_t done = 0;
    const auto measure = [&](const Assignment& assignment) {
        show("measuring assignment " + std::to_string(done + 1),
             0.5 + 0.5 * static_cast<double>(done) / static_cast<double>(request.options.evaluations));
        ++done;
        return measured(**probe, problem, assignment, request.scan, stop);
    };
    auto result = (*search)->run(problem, request.options, measure, stop);
    if (!result)
        return result.error();
    double parameters = 0.0;
    for (const auto& row : scan->rows)
        parameters += row.scheme == scan->rows.front().scheme ? static_cast<double>(row.parameters) : 0.0;
    const auto bytes = static_cast<double>(problem.bytesOf(result->best));
    return MixedPolicyReport{policyOf(request, problem, result->best), request.search,
                             8.0 * bytes / parameters, seconds(Clock::now() - started), std::move(*result)};
}

std::string toYaml(const QuantizationPolicy& policy) {
    std::string text = "name: " + policy.name + "\ndescription: " + policy.description +
                       "\nmethod: " + policy.method +
                       "\noptions: {range: " + std::string(name(policy.options.range)) +
                       ", f16_scales: " + (policy.options.scales == ScaleType::f32 ? "false" : "true") +
                       ", act_order: " + (policy.options.actOrder ? "true" : "false") +
                       ", steps: " + std::to_string(policy.options.steps) +
                       ", refine: " + std::to_string(policy.options.refine) +
                       ", damp: " + nlohmann::json(policy.options.damp).dump() + "}\nrules:\n";
    for (const auto& rule : policy.rules)
        text += "  - {tensors: \"" + rule.tensors + "\", scheme: " + rule.scheme.name() + "}\n";
    return text;
}

std::string toText(const MixedPolicyReport& report) {
    nlohmann::json rules = nlohmann::json::array();
    for (const auto& rule : report.policy.rules)
        rules.push_back({{"tensors", rule.tensors}, {"scheme", rule.scheme.name()}});
    return nlohmann::json{{"search", report.search},
                          {"bits_per_weight", report.bitsPerWeight},
                          {"kl", report.result.kl},
                          {"kl_predicted", report.result.predicted},
                          {"evaluations", report.result.evaluations},
                          {"seconds", report.seconds},
                          {"rules", std::move(rules)}}
        .dump(1);
}

}  // namespace engine
