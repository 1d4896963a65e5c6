#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// One variant of one op against the reference on one shape.
struct KernelCheck {
    std::string op;
    std::string shape;
    std::string variant;
    double maxError = 0.0;    ///< largest |output - reference|
    double worstShare = 0.0;  ///< largest error divided by what the contract allows there; ok while <= 1
    bool ok = false;
    std::string skipped;  ///< why it was not run on this CPU; empty when it was
};
/// `op`: that op alone; empty: every op. Errors: cancelled.
Result<std::vector<KernelCheck>> verifyKernels(std::stop_token stop = {}, std::string_view op = {});

/// Every op's variants with what they need and whether they run here.
struct KernelListing {
    std::string op;
    std::string variant;
    bool available = false;
    std::string reason;  ///< why not; empty when available
    std::vector<std::string> features;
    bool roundsActivations = false;
    bool ownThreads = false;
};
std::vector<KernelListing> listKernels();

}  // namespace engine
