#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernels/ops.h"

namespace engine {

/// One op on one shape with seeded data, through any of its variants: for `anven kernels verify` and `bench`.
/// Runs on the calling thread; variants are numbered as kernels::ops() lists them, the reference last.
struct KernelTrial {
    /// A variant with its weights packed. `output` is what the last `execute` wrote, as floats.
    struct Prepared {
        std::function<void()> execute;
        std::function<std::vector<float>()> output;
    };

    /// The type that the op multiplies in where the CPU can.
    enum class Arithmetic { int8, bf16, fp32 };

    KernelTrial(std::string opName, std::string shapeText)
        : op(std::move(opName)), shape(std::move(shapeText)) {}

    std::string op;
    std::string shape;        ///< in words: "tokens=1 rows=2048 cols=2048 bf16"
    double operations = 0.0;  ///< arithmetic operations of one execution, a multiply-add counted as two
    double bytes = 0.0;       ///< bytes that one execution has to move from memory
    Arithmetic arithmetic = Arithmetic::fp32;
    std::function<Prepared(std::size_t variant)> prepare;
    /// Largest allowed |output - reference| of each element, from the contract; the traits decide where
    /// rounding is allowed.
    std::function<std::vector<float>(std::size_t variant, const std::vector<float>& reference)> tolerance;
};

/// The variants of a trial's op, as KernelTrial numbers them.
std::span<const kernels::VariantInfo> variantsOf(const KernelTrial& trial);

/// Small shapes below, at and above the vector widths.
std::vector<KernelTrial> verificationTrials();
/// Shapes of a 1B model; the weights are larger than the caches.
std::vector<KernelTrial> benchmarkTrials();

}  // namespace engine
