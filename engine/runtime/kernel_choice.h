#pragma once

#include <string>
#include <vector>

namespace engine {

/// The variant that computes one weight type and number of tokens, with the speed that the kernel table
/// tells.
struct KernelUse {
    std::string weights;  ///< "bf16", "int4_g32_f16" …
    std::string tokens;   ///< "1", "2-15", "16-63", "64+"
    std::string variant;
    double gops = 0.0;
    double gbps = 0.0;
    bool operator==(const KernelUse&) const = default;
};

/// The variant that was chosen for one op, and why each preferred one was passed over.
struct KernelChoice {
    std::string op;
    std::string variant;  ///< "avx512+amx" where the number of tokens decides
    std::vector<std::string>
        passedOver;           ///< "avx512_bf16: rounds activations to BF16, exact arithmetic was asked for"
    std::string reason = {};  ///< where the choice comes from: the order, a table, a level, a pin
    std::vector<KernelUse> uses = {};  ///< what the kernel table knows of the choice; empty without a table
};

}  // namespace engine
