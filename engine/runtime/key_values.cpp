#include "engine/runtime/key_values.h"

#include <algorithm>
#include <cstring>

#include "engine/base/float_types.h"
#include "kernels/base/tile.h"

namespace engine {

std::int64_t KeyValues::bytesFor(std::int64_t nKvHeads, std::int64_t headDim, std::int64_t positions,
                                 bool f32) {
    return 2 * nKvHeads * headDim * kernels::roundUp(positions, kernels::attention::kBlock) * (f32 ? 4 : 2);
}

KeyValues::KeyValues(std::int64_t nKvHeads, std::int64_t headDim, std::int64_t positions, bool f32)
    : memory_(static_cast<std::size_t>(bytesFor(nKvHeads, headDim, positions, f32))),
      nKvHeads_(nKvHeads),
      headDim_(headDim),
      positions_(positions),
      capacity_(kernels::roundUp(positions, kernels::attention::kBlock)),
      f32_(f32) {}

void KeyValues::storeRow(std::byte* base, std::int64_t position, const float* row) noexcept {
    for (std::int64_t head = 0; head < nKvHeads_; ++head) {
        const auto at = (head * capacity_ + position) * headDim_;
        const float* from = row + head * headDim_;
        if (f32_)
            std::memcpy(reinterpret_cast<float*>(base) + at, from,
                        static_cast<std::size_t>(headDim_) * sizeof(float));
        else
            std::transform(from, from + headDim_, reinterpret_cast<std::uint16_t*>(base) + at, toBf16);
    }
}

void KeyValues::store(std::int64_t position, const float* k, const float* v) noexcept {
    storeRow(memory_.data(), position, k);
    storeRow(memory_.data() + memory_.size() / 2, position, v);
}

SeenPositions KeyValues::seen(std::int64_t count) const noexcept {
    using kernels::attention::KvType;
    return {{f32_ ? KvType::f32 : KvType::bf16, memory_.data(), memory_.data() + memory_.size() / 2, nullptr,
             nullptr, capacity_},
            count};
}

}  // namespace engine
