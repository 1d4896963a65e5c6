#pragma once

#include "engine/quantize/policy.h"
#include "engine/quantize/policy_search.h"
#include "engine/quantize/sensitivity.h"

namespace engine {

struct MixedPolicyRequest {
    ScanRequest scan;  ///< linears one by one; its schemes are what each may become
    std::string search = "greedy";
    double bitsPerWeight = 4.5;  ///< of the linears on average, scales counted
    SearchOptions options;
};

struct MixedPolicyReport {
    QuantizationPolicy policy;  ///< a rule per linear; embedding and head in 8 bit
    std::string search;
    double bitsPerWeight = 0.0;  ///< what the policy comes to
    double seconds = 0.0;
    SearchResult result;
};

/// Scans the model, then searches a scheme for every linear. Errors: as scanSensitivity(), PolicySearch.
Result<MixedPolicyReport> searchPolicy(
    const MixedPolicyRequest& request,
    const std::function<void(const std::string& what, double share)>& progress = {},
    std::stop_token stop = {});

/// A policy's file, as readPolicy() reads it.
std::string toYaml(const QuantizationPolicy& policy);
/// What `anven quantize --search --json` prints.
std::string toText(const MixedPolicyReport& report);

}  // namespace engine
