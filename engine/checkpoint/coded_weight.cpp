#include "engine/checkpoint/coded_weight.h"

#include <algorithm>
#include <cstring>

namespace engine {

bool CodedWeight::integers(std::int64_t, std::int64_t, std::int8_t*, float*) const {
    return false;
}

bool isCoded(const WeightScheme& scheme) {
    return scheme.kind == WeightScheme::Kind::groups;
}

Result<const Tensor*> CodedParts::get(const std::string& part, std::initializer_list<DType> types,
                                      const std::vector<std::int64_t>& shape) {
    const auto name = prefix_ + "." + part;
    const auto at = tensors_.find(name);
    if (at == tensors_.end())
        return Error{ErrorCode::notFound, "tensor " + name + " is missing, which the weight's scheme needs"};
    const Tensor& tensor = at->second;
    if (std::find(types.begin(), types.end(), tensor.type) == types.end() || tensor.shape != shape ||
        !tensor.contiguous()) {
        std::string expected;
        for (const auto extent : shape)
            expected += (expected.empty() ? "" : "x") + std::to_string(extent);
        return Error{ErrorCode::corrupt,
                     "tensor " + name + " does not have the type and shape of its scheme (" +
                         std::string(engine::name(*types.begin())) + " " + expected + ")"};
    }
    bytes_ += tensor.bytes();
    return &tensor;
}

Result<std::shared_ptr<const CodedWeight>> CodedWeight::create(const TensorMap& tensors,
                                                               const std::string& prefix,
                                                               const WeightScheme& scheme, std::int64_t rows,
                                                               std::int64_t cols) {
    CodedParts parts(tensors, prefix);
    if (!isCoded(scheme))
        return Error{ErrorCode::corrupt, prefix + " is not stored in codes"};
    return openGroupWeight(parts, scheme, rows, cols);
}

void packCodes(std::span<const std::uint16_t> codes, int bits, std::byte* out) {
    std::uint32_t window = 0;
    int filled = 0;
    for (const auto code : codes) {
        window |= std::uint32_t{code} << filled;
        for (filled += bits; filled >= 8; filled -= 8) {
            *out++ = static_cast<std::byte>(window & 255U);
            window >>= 8;
        }
    }
    if (filled > 0)
        *out = static_cast<std::byte>(window & 255U);
}

void unpackCodes(const std::byte* row, std::size_t rowBytes, int bits, std::span<std::uint16_t> codes) {
    const std::byte* const end = row + rowBytes;
    const std::uint32_t mask = (std::uint32_t{1} << bits) - 1;
    std::uint32_t window = 0;
    int filled = 0;
    for (auto& code : codes) {
        for (; filled < bits && row < end; filled += 8)
            window |= std::to_integer<std::uint32_t>(*row++) << filled;
        code = static_cast<std::uint16_t>(window & mask);
        window >>= bits;
        filled -= bits;
    }
}

}  // namespace engine
