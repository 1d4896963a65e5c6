#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/attention/attention.h"
#include "kernels/attention/kivi2.h"
#include "kernels/base/half.h"

namespace kerneltest {

/// Keys or values [kvHeads, positions, headDim] in the layout of a cache type, and the numbers that it stands
/// for. Positions beyond them hold NaN, so that reading them shows. The layouts are written here once more,
/// from the words of the contract.
class FilledSegment {
public:
    using KvType = kernels::attention::KvType;
    /// Positions of the cache that no token has filled yet.
    static constexpr std::int64_t kUnfilled = 3;

    /// `filled`: as many numbers, which the cache rounds. int8 and kivi2 choose scales of their own.
    FilledSegment(KvType type, bool keys, std::int64_t kvHeads, std::int64_t positions, std::int64_t headDim,
                  const std::vector<float>& filled)
        : type_(type), positions_(positions), headDim_(headDim), numbers_(filled) {
        constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
        const bool groups = type == KvType::kivi2;
        capacity_ = groups ? (positions + 31) / 32 * 32 + 32 : positions + kUnfilled;
        const auto rows = kvHeads * capacity_;
        if (groups) {
            const auto bytes = keys ? (headDim + 15) / 16 * 16 * 12 : (headDim + 31) / 32 * 32 * 12;
            memory_.assign(size(rows / 32 * bytes), 0xff);
        } else if (type == KvType::int8) {
            memory_.assign(size(rows * headDim), 0x7f);
        } else {
            const std::uint16_t half = kernels::floatToBf16(kNaN);
            for (std::int64_t i = 0; i < rows * headDim; ++i)
                type == KvType::f32 ? append(&kNaN, 4) : append(&half, 2);
        }
        scales_.assign(size(rows), kNaN);
        for (std::int64_t head = 0; head < kvHeads; ++head)
            for (std::int64_t position = 0; position < positions; ++position)
                if (!groups)
                    writeRow(head, position);
                else if (position % 32 == 0)
                    keys ? writeKeyGroup(head, position) : writeValueGroup(head, position);
    }

    std::int64_t capacity() const { return capacity_; }
    const void* data() const { return memory_.data(); }
    const float* scales() const { return scales_.data(); }
    float at(std::int64_t head, std::int64_t position, std::int64_t channel) const {
        return numbers_[indexOf(head, position, channel)];
    }

private:
    static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
    std::size_t indexOf(std::int64_t head, std::int64_t position, std::int64_t channel) const {
        return size((head * positions_ + position) * headDim_ + channel);
    }
    void append(const void* from, std::size_t bytes) {
        const auto* begin = static_cast<const unsigned char*>(from);
        memory_.insert(memory_.end(), begin, begin + bytes);
    }
    template <class T>
    void put(std::int64_t byte, T value) {
        std::memcpy(memory_.data() + byte, &value, sizeof value);
    }

    void writeRow(std::int64_t head, std::int64_t position) {
        const auto row = head * capacity_ + position;
        float largest = 0.0F;
        for (std::int64_t i = 0; i < headDim_; ++i)
            largest = std::max(largest, std::fabs(at(head, position, i)));
        const float scale = largest / 127.0F;
        scales_[size(row)] = scale;
        for (std::int64_t i = 0; i < headDim_; ++i) {
            float& number = numbers_[indexOf(head, position, i)];
            const auto index = row * headDim_ + i;
            if (type_ == KvType::f32) {
                put(index * 4, number);
            } else if (type_ == KvType::bf16) {
                put(index * 2, kernels::floatToBf16(number));
                number = kernels::bf16ToFloat(kernels::floatToBf16(number));
            } else {
                const auto code = static_cast<std::int8_t>(std::lround(number / scale));
                put(index, code);
                number = scale * code;
            }
        }
    }

    /// Codes are derived from the numbers, min and scale are powers of two that differ from row to row, exact
    /// in half: 0x3c00 is 1, and 0x400 less is half of that.
    struct Row {
        std::uint16_t scale;
        std::uint16_t min;
    };
    static Row rowOf(std::int64_t row) {
        return {static_cast<std::uint16_t>(0x3c00 - 0x400 * (2 + row % 3)),
                static_cast<std::uint16_t>(0xbc00 - 0x400 * (row % 2))};
    }
    std::uint32_t encode(std::size_t index, Row row) {
        const float scale = kernels::halfToFloat(row.scale);
        const float min = kernels::halfToFloat(row.min);
        const float code = std::clamp(std::nearbyint((numbers_[index] - min) / scale), 0.0F, 3.0F);
        numbers_[index] = min + scale * code;
        return static_cast<std::uint32_t>(code);
    }
    void writeTile(std::int64_t base, std::int64_t rows, const std::vector<std::uint32_t>& words) {
        for (std::size_t i = 0; i < words.size(); ++i)
            put(base + static_cast<std::int64_t>(i) * 4, words[i]);
        for (std::int64_t row = 0; row < rows; ++row) {
            put(base + rows * 8 + row * 2, rowOf(row).scale);
            put(base + rows * 10 + row * 2, rowOf(row).min);
        }
    }
    void writeKeyGroup(std::int64_t head, std::int64_t first) {
        const auto rows = (headDim_ + 15) / 16 * 16;
        std::vector<std::uint32_t> words(size(rows / 16 * 32));
        for (std::int64_t channel = 0; channel < headDim_; ++channel)
            for (std::int64_t j = 0; j < 32 && first + j < positions_; ++j)
                words[size(channel / 16 * 32 + j)] |=
                    encode(indexOf(head, first + j, channel), rowOf(channel)) << (channel % 16 * 2);
        writeTile((head * capacity_ + first) / 32 * rows * 12, rows, words);
    }
    void writeValueGroup(std::int64_t head, std::int64_t first) {
        const auto tiles = (headDim_ + 31) / 32;
        for (std::int64_t tile = 0; tile < tiles; ++tile) {
            std::vector<std::uint32_t> words(64);
            for (std::int64_t j = 0; j < 32 && first + j < positions_; ++j)
                for (std::int64_t lane = 0; lane < 32 && tile * 32 + lane < headDim_; ++lane)
                    words[size(j / 16 * 32 + lane)] |=
                        encode(indexOf(head, first + j, tile * 32 + lane), rowOf(j)) << (j % 16 * 2);
            writeTile(((head * capacity_ + first) / 32 * tiles + tile) * 384, 32, words);
        }
    }

    KvType type_;
    std::int64_t positions_;
    std::int64_t headDim_;
    std::int64_t capacity_ = 0;
    std::vector<float> numbers_;
    std::vector<unsigned char> memory_;
    std::vector<float> scales_;
};

/// A cache of `positions` positions; kivi2 has the whole blocks before `recentBegin` in 2 bit and the rest in
/// BF16.
class FilledCache {
public:
    using KvType = kernels::attention::KvType;

    FilledCache(KvType type, std::int64_t kvHeads, std::int64_t positions, std::int64_t headDim,
                std::int64_t position0, const std::vector<float>& keys, const std::vector<float>& values)
        : type_(type),
          recentBegin_(type == KvType::kivi2
                           ? position0 / kernels::attention::kBlock * kernels::attention::kBlock
                           : 0),
          pastKeys_(type, true, kvHeads, recentBegin_, headDim,
                    part(keys, kvHeads, positions, headDim, 0, recentBegin_)),
          pastValues_(type, false, kvHeads, recentBegin_, headDim,
                      part(values, kvHeads, positions, headDim, 0, recentBegin_)),
          keys_(recentType(), true, kvHeads, positions - recentBegin_, headDim,
                part(keys, kvHeads, positions, headDim, recentBegin_, positions)),
          values_(recentType(), false, kvHeads, positions - recentBegin_, headDim,
                  part(values, kvHeads, positions, headDim, recentBegin_, positions)) {}

    void describe(kernels::attention::Problem& problem) const {
        problem.past = segment(type_, pastKeys_, pastValues_);
        problem.recent = segment(recentType(), keys_, values_);
        problem.recentBegin = recentBegin_;
    }
    float key(std::int64_t head, std::int64_t position, std::int64_t channel) const {
        return position < recentBegin_ ? pastKeys_.at(head, position, channel)
                                       : keys_.at(head, position - recentBegin_, channel);
    }
    float value(std::int64_t head, std::int64_t position, std::int64_t channel) const {
        return position < recentBegin_ ? pastValues_.at(head, position, channel)
                                       : values_.at(head, position - recentBegin_, channel);
    }

private:
    KvType recentType() const { return type_ == KvType::kivi2 ? KvType::bf16 : type_; }
    static std::vector<float> part(const std::vector<float>& all, std::int64_t kvHeads,
                                   std::int64_t positions, std::int64_t headDim, std::int64_t begin,
                                   std::int64_t end) {
        std::vector<float> result;
        for (std::int64_t head = 0; head < kvHeads; ++head)
            result.insert(result.end(), all.begin() + (head * positions + begin) * headDim,
                          all.begin() + (head * positions + end) * headDim);
        return result;
    }
    static kernels::attention::Segment segment(KvType type, const FilledSegment& keys,
                                               const FilledSegment& values) {
        return {type, keys.data(), values.data(), keys.scales(), values.scales(), keys.capacity()};
    }

    KvType type_;
    std::int64_t recentBegin_;
    FilledSegment pastKeys_;
    FilledSegment pastValues_;
    FilledSegment keys_;
    FilledSegment values_;
};

}  // namespace kerneltest
