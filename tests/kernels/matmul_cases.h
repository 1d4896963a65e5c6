#pragma once

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "kernels/base/tile.h"
#include "kernels/quantize_activations/quantized_rows.h"
#include "tests/kernels/variant_cases.h"

// What the tests of the matrix products and of their quantized activations share.

/// Fails the running test when the string says what went wrong.
#define VERIFY_NO_MESSAGE(...)                  \
    do {                                        \
        const std::string wrong = __VA_ARGS__;  \
        QVERIFY2(wrong.empty(), wrong.c_str()); \
    } while (false)

namespace kerneltest {

/// What stands in every output before a run.
inline constexpr float kUntouched = -77.5F;

inline std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Memory aligned to 64 bytes and no more, of 0xff (NaN, -1) until written, that notices writes outside of
/// it.
class GuardedMemory {
public:
    explicit GuardedMemory(std::size_t size) : memory_(size + 2 * kPad), size_(size) {
        std::memset(memory_.data(), kGuard, memory_.size());
        std::memset(data(), 0xff, size);
    }
    std::byte* data() { return memory_.data() + kPad; }
    template <class T>
    T* as() {
        return reinterpret_cast<T*>(data());
    }
    bool intact() const {
        const auto isGuard = [](std::byte b) { return b == std::byte{kGuard}; };
        const std::byte* end = memory_.data() + kPad + size_;
        return std::all_of(memory_.data(), memory_.data() + kPad, isGuard) &&
               std::all_of(end, end + kPad, isGuard);
    }

private:
    static constexpr std::size_t kPad = 5 * 64;
    static constexpr unsigned char kGuard = 0x5a;
    engine::AlignedBuffer memory_;
    std::size_t size_;
};

/// Empty when every |actual - expected| <= allowed, else the first that is not. NaN never is.
inline std::string firstDifference(std::span<const float> actual, std::span<const float> expected,
                                   std::span<const double> allowed) {
    if (actual.size() != expected.size() || actual.size() != allowed.size())
        return "sizes differ";
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (!(std::fabs(double{actual[i]} - double{expected[i]}) <= allowed[i]))
            return QString("index %1: %2 instead of %3, off by %4, allowed %5")
                .arg(i)
                .arg(double{actual[i]}, 0, 'g', 9)
                .arg(double{expected[i]}, 0, 'g', 9)
                .arg(double{actual[i]} - double{expected[i]})
                .arg(allowed[i])
                .toStdString();
    return {};
}

/// What y [tokens, ldy] must hold after a run, and how far off each element may be.
struct Expected {
    Expected(std::int64_t tokens, std::int64_t stride)
        : ldy(stride), values(at(tokens * stride), kUntouched), allowed(at(tokens * stride)) {}
    void set(std::int64_t token, std::int64_t row, double value, double tolerance) {
        values[at(token * ldy + row)] = static_cast<float>(value);
        allowed[at(token * ldy + row)] = tolerance;
    }
    /// The same run over the rows of tiles [tileBegin, tileEnd) alone.
    Expected ofTiles(std::int64_t tileBegin, std::int64_t tileEnd) const {
        Expected result = *this;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::int64_t tile = static_cast<std::int64_t>(i) % ldy / kernels::kTileRows;
            if (tile < tileBegin || tile >= tileEnd) {
                result.values[i] = kUntouched;
                result.allowed[i] = 0.0;
            }
        }
        return result;
    }
    std::string differenceOf(std::span<const float> y) const { return firstDifference(y, values, allowed); }

    std::int64_t ldy;
    std::vector<float> values;
    std::vector<double> allowed;
};

/// Integers low, low + step, ... up to high, each as likely.
struct Integers {
    int low;
    int high;
    int step = 1;
};

template <class T>
std::vector<T> integers(std::size_t count, const Integers& range, unsigned seed) {
    std::mt19937 generator(seed);
    const auto choices = static_cast<unsigned>((range.high - range.low) / range.step + 1);
    std::vector<T> values(count);
    for (T& value : values)
        value = static_cast<T>(range.low + range.step * static_cast<int>(generator() % choices));
    return values;
}

/// Activations as quantize_activations leaves them, with any content.
class QuantizedTokens {
public:
    QuantizedTokens(std::int64_t tokens, std::int64_t cols, std::span<const std::int8_t> q,
                    std::vector<float> scales, std::vector<std::int32_t> zeroPoints)
        : scales_(std::move(scales)),
          zeroPoints_(std::move(zeroPoints)),
          ld_(kernels::roundUp(cols, 64)),
          memory_(at(tokens * ld_)),
          sums_(at(tokens * ld_ / kernels::kGroupSize)) {
        auto* to = memory_.as<std::int8_t>();
        std::fill_n(to, tokens * ld_, std::int8_t{0});
        for (std::int64_t t = 0; t < tokens; ++t)
            for (std::int64_t k = 0; k < cols; ++k) {
                to[t * ld_ + k] = q[at(t * cols + k)];
                sums_[at((t * ld_ + k) / kernels::kGroupSize)] += q[at(t * cols + k)];
            }
        rows_ = {to, scales_.data(), zeroPoints_.data(), sums_.data(), tokens, cols, ld_};
    }
    const kernels::QuantizedRows& rows() const { return rows_; }
    float scale(std::int64_t token) const { return scales_[at(token)]; }
    std::int32_t zeroPoint(std::int64_t token) const { return zeroPoints_[at(token)]; }
    /// q - zp.
    std::int64_t value(std::int64_t token, std::int64_t k) const {
        return std::int64_t{rows_.q[token * ld_ + k]} - zeroPoint(token);
    }

private:
    std::vector<float> scales_;
    std::vector<std::int32_t> zeroPoints_;
    std::int64_t ld_;
    GuardedMemory memory_;
    std::vector<std::int32_t> sums_;
    kernels::QuantizedRows rows_;
};

/// The golden activations, quantized by the reference that made them.
inline QuantizedTokens goldenTokens() {
    const auto q = golden("ops/actquant_q.npy");
    const auto zeroPoints = golden("ops/actquant_zero_point.npy");
    auto scales = golden("ops/actquant_scale.npy").data;
    if (q.shape.size() != 2 || at(q.shape[0]) != scales.size() || zeroPoints.data.size() != scales.size())
        return {0, 0, {}, {}, {}};
    return {q.shape[0], q.shape[1], std::vector<std::int8_t>(q.data.begin(), q.data.end()), std::move(scales),
            std::vector<std::int32_t>(zeroPoints.data.begin(), zeroPoints.data.end())};
}

/// Rows, columns and tokens of one product.
struct Shape {
    std::int64_t rows = 33;
    std::int64_t cols = 67;
    std::int64_t tokens = 1;
    std::int64_t ldy() const { return rows + 5; }
    std::int64_t tiles() const { return kernels::tilesOf(rows); }
};

/// Shapes around every vector width, tile and block of tokens that a variant may work in.
inline std::vector<Shape> shapes(std::initializer_list<int> allCols) {
    std::vector<Shape> result;
    for (const int rows : {1, 7, 8, 9, 15, 16, 17, 33, 48})
        for (const int cols : allCols)
            for (const int tokens : {1, 6})
                result.push_back({rows, cols, tokens});
    for (int tokens = 1; tokens <= 25; ++tokens)
        result.push_back({33, 67, tokens});
    for (const int tokens : {33, 130, 250})
        result.push_back({40, 67, tokens});
    result.push_back({150, 40, 3});
    return result;
}

}  // namespace kerneltest
