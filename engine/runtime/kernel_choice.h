#pragma once

#include <string>
#include <vector>

namespace engine {

/// The variant that was chosen for one op, and why each preferred one was passed over.
struct KernelChoice {
    std::string op;
    std::string variant;
    std::vector<std::string>
        passedOver;  ///< "avx512_bf16: rounds activations to BF16, exact arithmetic was asked for"
};

}  // namespace engine
