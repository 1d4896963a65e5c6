#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/checkpoint/checkpoint.h"

namespace engine {

enum class TensorValues {
    stored,       ///< the numbers in the file: codes of quantized weights
    dequantized,  ///< codes times their scales; the same as stored for floats
};

/// How the values of one tensor are spread.
struct TensorHistogram {
    std::vector<std::int64_t> counts;  ///< bins of equal width from `low` to `high`, the last one closed
    double low = 0.0;
    double high = 0.0;
    double mean = 0.0;
    double deviation = 0.0;      ///< of the population
    std::int64_t values = 0;     ///< finite ones
    std::int64_t zeros = 0;      ///< exactly 0
    std::int64_t nonFinite = 0;  ///< infinities and NaN, in no bin
    double binWidth() const {
        return counts.empty() ? 0.0 : (high - low) / static_cast<double>(counts.size());
    }
};

/// Whether the tensor's stored values are codes, so that the two kinds of values differ.
bool hasCodes(const Checkpoint& checkpoint, const std::string& name);

/// Reads the tensor twice, a few rows at a time. Stored codes get one bin each (int8 within -128..127, 4 bit
/// within -8..7), whatever `bins` says. Errors: notFound; corrupt where scales do not fit the weight;
/// cancelled.
Result<TensorHistogram> tensorHistogram(const Checkpoint& checkpoint, const std::string& name,
                                        TensorValues kind, int bins, std::stop_token stop = {});

}  // namespace engine
