#include <cstdio>
#include <map>
#include <string>

#include "engine/benchmark/kernel_checks.h"

namespace {

struct Count {
    int passed = 0;
    int failed = 0;
    int skipped = 0;
};

using Counts = std::map<std::pair<std::string, std::string>, Count>;

Counts count(const std::vector<engine::KernelCheck>& checks) {
    Counts counts;
    for (const auto& check : checks) {
        auto& of = counts[{check.variant, check.op}];
        if (!check.skipped.empty()) {
            ++of.skipped;
        } else if (check.ok) {
            ++of.passed;
        } else {
            ++of.failed;
            std::printf("FAILED %s %s %s: largest error %g, %g of what the contract allows\n",
                        check.op.c_str(), check.variant.c_str(), check.shape.c_str(), check.maxError,
                        check.worstShare);
        }
    }
    return counts;
}

/// Checks of a variant that ran, over all ops.
int checksOf(const Counts& counts, const std::string& variant) {
    int ran = 0;
    for (const auto& [key, of] : counts)
        if (key.first == variant)
            ran += of.passed + of.failed;
    return ran;
}

}  // namespace

/// Runs every variant that this CPU supports against the reference on every verification shape, with the
/// contracts' tolerances: verify_kernels [VARIANT...]. Needs no library, so that it can be built for another
/// processor. Exit status 1 when a check fails, or when a variant that is named ran none.
int main(int argc, char** argv) {
    const auto checks = engine::verifyKernels();
    if (!checks) {
        std::printf("%s\n", checks.error().message.c_str());
        return 1;
    }
    const auto counts = count(*checks);
    int passed = 0;
    int failed = 0;
    for (const auto& [key, of] : counts) {
        std::printf("%-14s %-22s %4d passed, %d failed, %d skipped\n", key.first.c_str(), key.second.c_str(),
                    of.passed, of.failed, of.skipped);
        passed += of.passed;
        failed += of.failed;
    }
    int missing = 0;
    for (int i = 1; i < argc; ++i)
        if (checksOf(counts, argv[i]) == 0) {
            std::printf("FAILED %s: no check ran; this CPU or build lacks the variant\n", argv[i]);
            ++missing;
        }
    std::printf("%d checks passed, %d failed\n", passed, failed);
    return failed == 0 && missing == 0 && passed > 0 ? 0 : 1;
}
