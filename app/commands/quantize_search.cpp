// anven quantize MODEL --scan, --search: which linears suffer, and a recipe that follows from it.
#include "app/commands/quantize_search.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace app {
namespace {

Result<engine::ScanRequest> scanRequest(const QuantizeSearchOptions& options,
                                        const engine::QuantizeRequest& request) {
    engine::ScanRequest scan;
    scan.model = request.model;
    scan.text = request.text;
    scan.windows = options.windows;
    scan.windowSize = request.windowSize;
    scan.threads = request.threads;
    scan.wholeBlocks = options.wholeBlocks;
    if (!request.policy.empty()) {
        const auto policy = engine::policyNamed(request.policy);
        if (!policy)
            return policy.error();
        scan.method = policy->method;
        scan.options = policy->options;
    }
    for (const auto& name : options.schemes) {
        const auto scheme = engine::WeightScheme::parse(name);
        if (!scheme)
            return engine::Error{
                engine::ErrorCode::invalidInput,
                "--schemes: '" + name + "' is none; bf16, int8_channel and int4_g32 are such"};
        scan.schemes.push_back(*scheme);
    }
    return scan;
}

Result<void> writeText(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    return file ? Result<void>{} : engine::Error{engine::ErrorCode::io, path + " cannot be written"};
}

void print(const engine::ScanReport& report) {
    std::printf("%-34s %-12s %10s %10s\n", "alone", "scheme", "KL", "error");
    for (const auto& row : report.rows)
        std::printf("%-34s %-12s %10.6f %9.3f%%\n", row.name.c_str(), row.scheme.name().c_str(), row.kl,
                    100.0 * row.relError);
    std::printf("%lld tokens, by %s, %.1f s\n", static_cast<long long>(report.tokens), report.method.c_str(),
                report.seconds);
}

Result<void> scan(const engine::ScanRequest& request, const std::string& out, Context& context) {
    ProgressLine line;
    const auto report = engine::scanSensitivity(
        request,
        [&](std::int64_t done, std::int64_t layers) {
            line.show("layer " + std::to_string(done) + " of " + std::to_string(layers));
        },
        context.stop.get_token());
    line.clear();
    if (!report)
        return report.error();
    if (!out.empty())
        if (auto ok = writeText(out, engine::toText(*report) + "\n"); !ok)
            return ok;
    if (context.json)
        printJson(nlohmann::json::parse(engine::toText(*report)));
    else
        print(*report);
    return {};
}

Result<void> search(const QuantizeSearchOptions& options, const engine::ScanRequest& scan,
                    const std::string& out, Context& context) {
    engine::MixedPolicyRequest request;
    request.scan = scan;
    request.search = options.search;
    request.bitsPerWeight = options.bitsPerWeight;
    request.options.evaluations = options.evaluations;
    ProgressLine line;
    const auto report = engine::searchPolicy(
        request, [&](const std::string& what, double) { line.show(what); }, context.stop.get_token());
    line.clear();
    if (!report)
        return report.error();
    if (auto ok = writeText(out, engine::toYaml(report->policy)); !ok)
        return ok;
    if (context.json)
        printJson(nlohmann::json::parse(engine::toText(*report)));
    else
        std::printf(
            "%s: %.3f bits per weight, KL %.5f nats (%.5f predicted), %lld assignments measured, %.1f s\n",
            out.c_str(), report->bitsPerWeight, report->result.kl, report->result.predicted,
            static_cast<long long>(report->result.evaluations), report->seconds);
    return {};
}

}  // namespace

void addSearchOptions(CLI::App* command, QuantizeSearchOptions& options) {
    command->add_flag(
        "--scan", options.scan,
        "Measure what each linear costs alone in each scheme (KL); --out FILE keeps it as JSON");
    command->add_flag("--blocks", options.wholeBlocks, "Scan whole blocks instead of linears");
    command
        ->add_option(
            "--search", options.search,
            "Search a scheme for every linear: greedy, evolutionary or bayesian; --out FILE.yaml is a "
            "recipe")
        ->check(CLI::IsMember({"greedy", "evolutionary", "bayesian"}));
    command
        ->add_option("--schemes", options.schemes,
                     "Schemes that are tried (default: int2_g32,int3_g32,int4_g32,int8_g32)")
        ->delimiter(',');
    command
        ->add_option("--bits", options.bitsPerWeight,
                     "Bits per weight of the linears that a search may spend")
        ->check(CLI::Range(1.0, 33.0))
        ->capture_default_str();
    command
        ->add_option("--evaluations", options.evaluations, "Whole assignments that a search measures at most")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
        ->capture_default_str();
    command
        ->add_option("--scan-windows", options.windows,
                     "Windows of text that scan and search look at, at most")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
        ->capture_default_str();
}

Result<void> runQuantizeSearch(const QuantizeSearchOptions& options, const engine::QuantizeRequest& request,
                               const std::string& out, Context& context) {
    const auto asked = scanRequest(options, request);
    if (!asked)
        return asked.error();
    return options.scan ? scan(*asked, out, context) : search(options, *asked, out, context);
}

}  // namespace app
