#pragma once

#include <QtTest>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/base/npy.h"
#include "kernels/base/variant.h"
#include "tests/support/fixtures.h"

/// Skips the running test visibly when this CPU cannot run the variant.
#define SKIP_UNLESS_SUPPORTED(variant)                                                     \
    do {                                                                                   \
        if (!kernels::has((variant).needs))                                                \
            QSKIP("this CPU or operating system lacks an instruction set of the variant"); \
    } while (false)

namespace kerneltest {

/// Uniform values in [low, high), the same for the same seed on every machine.
inline std::vector<float> uniform(std::size_t count, float low, float high, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<float> values(count);
    for (float& value : values)
        value = low + (high - low) * (static_cast<float>(generator() >> 8) * 0x1p-24F);
    return values;
}

/// An array of tests/data/golden; empty (and a failure in the log) when it cannot be read.
inline engine::NpyArray golden(const std::string& relative) {
    auto array = engine::readNpy(testsupport::dataPath("golden/" + relative));
    if (!array)
        qCritical("%s", array.error().message.c_str());
    return array ? std::move(*array) : engine::NpyArray{};
}

/// A buffer that starts off every vector alignment and notices writes outside of it.
class GuardedBuffer {
public:
    explicit GuardedBuffer(std::span<const float> content) : storage_(content.size() + 2 * kPad, kGuard) {
        std::copy(content.begin(), content.end(), storage_.begin() + kPad);
    }
    explicit GuardedBuffer(std::size_t size) : GuardedBuffer(std::vector<float>(size)) {}

    float* data() { return storage_.data() + kPad; }
    std::span<const float> values() const { return {storage_.data() + kPad, storage_.size() - 2 * kPad}; }
    bool intact() const {
        for (std::size_t i = 0; i < kPad; ++i)
            if (storage_[i] != kGuard || storage_[storage_.size() - 1 - i] != kGuard)
                return false;
        return true;
    }

private:
    static constexpr std::size_t kPad = 33;
    static constexpr float kGuard = 12345.5F;
    std::vector<float> storage_;
};

/// One row per variant, in a column "variant" that holds its index.
template <class Fn>
void addVariantRows(std::span<const kernels::Variant<Fn>* const> variants) {
    QTest::addColumn<int>("variant");
    for (std::size_t v = 0; v < variants.size(); ++v)
        QTest::addRow("%s", variants[v]->name) << static_cast<int>(v);
}

/// One row per variant and value of `column`.
template <class Fn>
void addVariantRows(std::span<const kernels::Variant<Fn>* const> variants, const char* column,
                    std::initializer_list<int> values) {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>(column);
    for (std::size_t v = 0; v < variants.size(); ++v)
        for (const int value : values)
            QTest::addRow("%s %s=%d", variants[v]->name, column, value) << static_cast<int>(v) << value;
}

/// The variant of the running row.
template <class Fn>
const kernels::Variant<Fn>& variantOfRow(std::span<const kernels::Variant<Fn>* const> variants) {
    const int index = *static_cast<int*>(QTest::qData("variant", QMetaType::Int));
    return *variants[static_cast<std::size_t>(index)];
}

}  // namespace kerneltest
