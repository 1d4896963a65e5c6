#pragma once

#include <cstdint>
#include <vector>

#include "kernels/embedding/embedding.h"

namespace engine {

/// `count` seeded numbers as an embedding table stores them, rows one after another.
std::vector<std::int8_t> trialTable(kernels::embedding::TableType type, std::int64_t count);
std::int64_t trialRowBytes(kernels::embedding::TableType type, std::int64_t dim);

}  // namespace engine
