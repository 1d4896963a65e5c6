#include "engine/checkpoint/online_checks.h"

#include "engine/checkpoint/weight_scheme.h"
#include "kernels/hadamard/hadamard.h"

namespace engine {
namespace {

/// Whether products with such a weight are made of integers (model/packed_matrix).
bool multipliesIntegers(const Checkpoint& checkpoint, const std::string& name) {
    const auto scheme = WeightScheme::parse(checkpoint.schemeOf(name));
    if (!scheme)
        return false;
    return scheme->kind == WeightScheme::Kind::int8Channel ||
           (scheme->kind == WeightScheme::Kind::groups && scheme->symmetric && scheme->bits <= 4 &&
            scheme->groupSize % 32 == 0);
}

Result<void> checkOrder(const char* what, std::int64_t width) {
    if (kernels::hadamard::factorOf(width) != 0)
        return {};
    return Error{ErrorCode::unsupported, std::string("the file wants a Hadamard transform of ") + what +
                                             ", and none of order " + std::to_string(width) +
                                             " is known here; make the variant without rotations"};
}

}  // namespace

Result<void> checkOnline(const Checkpoint& checkpoint) {
    const auto& c = checkpoint.config;
    if (c.hadamardFfn)
        if (auto ok = checkOrder("what w2 reads", c.hiddenDim); !ok)
            return ok;
    if (c.hadamardHeads)
        if (auto ok = checkOrder("the heads of queries and keys", c.headDim); !ok)
            return ok;
    if (c.activationBits == 8)
        return {};
    for (const auto& [name, tensor] : checkpoint.tensors)
        if (name.starts_with("layers.") && name.ends_with(".weight") && tensor.shape.size() == 2 &&
            !multipliesIntegers(checkpoint, name))
            return Error{ErrorCode::unsupported,
                         "the file wants activations of " + std::to_string(c.activationBits) + " bits, but " +
                             name + " (" + checkpoint.schemeOf(name) +
                             ") is multiplied in floating point here; make the variant with symmetric groups "
                             "of at most 4 bits"};
    return {};
}

}  // namespace engine
