#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/aligned_buffer.h"
#include "kernels/attention/attention.h"
#include "tests/kernels/attention/filled_cache.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::attention::Fn;
using kernels::attention::kBlock;
using kernels::attention::KvType;
using kernels::attention::Problem;
using kernels::attention::variants;

namespace {

/// Floats between the heads of one token and those of the next, which nobody may write.
constexpr std::int64_t kGap = 5;

struct Shape {
    std::int64_t tokens = 1;
    std::int64_t context = 1;  // keys that the last token sees
    std::int64_t group = 1;
    std::int64_t kvHeads = 2;
    std::int64_t headDim = 64;
    KvType type = KvType::f32;

    std::int64_t heads() const { return group * kvHeads; }
    std::int64_t ld() const { return heads() * headDim + kGap; }
};

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Memory that ends with a pattern that run() must leave alone.
class Scratch {
public:
    explicit Scratch(std::size_t size) : memory_(size + kGuardBytes), size_(size) {
        std::memset(memory_.data(), 0xff, size);  // NaN: what is read must have been written
        std::memset(memory_.data() + size, kGuard, kGuardBytes);
    }
    void* data() { return memory_.data(); }
    bool intact() const {
        return std::all_of(memory_.data() + size_, memory_.data() + size_ + kGuardBytes,
                           [](std::byte b) { return b == std::byte{kGuard}; });
    }

private:
    static constexpr std::size_t kGuardBytes = 256;
    static constexpr unsigned char kGuard = 0x5a;
    engine::AlignedBuffer memory_;
    std::size_t size_;
};

/// One attention problem with seeded numbers.
struct Case {
    explicit Case(const Shape& s)
        : Case(s, kerneltest::uniform(at(s.kvHeads * s.context * s.headDim), -1.0F, 1.0F, 2),
               kerneltest::uniform(at(s.kvHeads * s.context * s.headDim), -1.0F, 1.0F, 3)) {}
    Case(const Shape& s, const std::vector<float>& keys, const std::vector<float>& values)
        : shape(s),
          q(kerneltest::uniform(at(s.tokens * s.ld()), -2.0F, 2.0F, 1)),
          cache(s.type, s.kvHeads, s.context, s.headDim, s.context - s.tokens, keys, values),
          out(std::vector<float>(at(s.tokens * s.ld()), kUntouched)),
          scale(1.0F / std::sqrt(static_cast<float>(s.headDim))) {}

    Problem problem() {
        Problem p;
        p.q = q.data();
        p.ldq = p.ldo = shape.ld();
        cache.describe(p);
        p.nHeads = shape.heads();
        p.nKvHeads = shape.kvHeads;
        p.headDim = shape.headDim;
        p.tokens = shape.tokens;
        p.position0 = shape.context - shape.tokens;
        p.scale = scale;
        p.out = out.data();
        return p;
    }
    std::size_t scratchBytes(const Fn& fn) const {
        return fn.scratchBytes(shape.heads(), shape.kvHeads, shape.headDim, shape.context);
    }
    /// One kv head and token range; false when something beyond the scratch was written.
    bool run(const Fn& fn, std::int64_t kvHead, std::int64_t tokenBegin, std::int64_t tokenEnd) {
        Scratch scratch(scratchBytes(fn));
        fn.run(problem(), kvHead, tokenBegin, tokenEnd, scratch.data());
        return scratch.intact();
    }
    /// Every kv head in `count` ranges of positions of about the same length, merged; false as above.
    bool runInParts(const Fn& fn, std::int64_t count) {
        const auto p = problem();
        Scratch scratch(scratchBytes(fn));
        const auto stride = kernels::attention::partialFloats(shape.tokens * shape.group, shape.headDim);
        const auto blocks = (shape.context + kBlock - 1) / kBlock;
        bool intact = true;
        for (std::int64_t head = 0; head < shape.kvHeads; ++head) {
            Scratch parts(at(count * stride) * sizeof(float));
            auto* part = static_cast<float*>(parts.data());
            for (std::int64_t i = 0; i < count; ++i)
                fn.partial(p, head, blocks * i / count * kBlock,
                           std::min(shape.context, blocks * (i + 1) / count * kBlock), part + i * stride,
                           scratch.data());
            fn.merge(p, head, part, count, stride);
            intact = intact && parts.intact();
        }
        return intact && scratch.intact();
    }
    bool runAll(const Fn& fn) {
        bool intact = true;
        for (std::int64_t head = 0; head < shape.kvHeads; ++head)
            intact = run(fn, head, 0, shape.tokens) && intact;
        return intact;
    }
    /// The formula of the contract, in double.
    std::vector<float> expected() const {
        std::vector<float> result(at(shape.tokens * shape.ld()), kUntouched);
        for (std::int64_t t = 0; t < shape.tokens; ++t)
            for (std::int64_t h = 0; h < shape.heads(); ++h)
                attend(t, h, result.data() + t * shape.ld() + h * shape.headDim);
        return result;
    }

    static constexpr float kUntouched = -77.5F;
    Shape shape;
    kerneltest::GuardedBuffer q;
    kerneltest::FilledCache cache;
    kerneltest::GuardedBuffer out;
    float scale;

private:
    void attend(std::int64_t t, std::int64_t h, float* result) const {
        const auto query = q.values().subspan(at(t * shape.ld() + h * shape.headDim), at(shape.headDim));
        const std::int64_t kvHead = h / shape.group;
        std::vector<double> weights;
        for (std::int64_t j = 0; j <= shape.context - shape.tokens + t; ++j) {
            double dot = 0.0;
            for (std::int64_t i = 0; i < shape.headDim; ++i)
                dot += double{query[at(i)]} * double{cache.key(kvHead, j, i)};
            weights.push_back(dot * double{scale});
        }
        const double top = *std::max_element(weights.begin(), weights.end());
        double sum = 0.0;
        for (double& weight : weights)
            sum += weight = std::exp(weight - top);
        for (std::int64_t i = 0; i < shape.headDim; ++i) {
            double value = 0.0;
            for (std::size_t j = 0; j < weights.size(); ++j)
                value += weights[j] / sum * double{cache.value(kvHead, static_cast<std::int64_t>(j), i)};
            result[i] = static_cast<float>(value);
        }
    }
};

constexpr KvType kTypes[] = {KvType::f32, KvType::bf16, KvType::int8, KvType::kivi2};
/// Of the values of a case; those of kivi2 are rounded to at most 1.
constexpr double kLargestValue = 1.0;

/// The contract's tolerance, where no value is larger than `largest`.
double toleranceOf(const kernels::Variant<Fn>& variant, KvType type, double largest) {
    const bool rounds = (type == KvType::bf16 || type == KvType::kivi2) &&
                        kernels::hasTrait(variant.traits, kernels::Trait::roundsActivations);
    return largest * (rounds ? 0x1p-7 : 2e-5);
}

}  // namespace

class TestAttention : public QObject {
    Q_OBJECT
private slots:
    void decodeMatchesDefinition_data() { addShapes({1}); }
    void decodeMatchesDefinition() { matchDefinition(); }
    void prefillMatchesDefinition_data() { addShapes({2, 11}); }
    void prefillMatchesDefinition() { matchDefinition(); }
    void longPrefillMatchesDefinition_data();
    void longPrefillMatchesDefinition() { matchDefinition(); }
    void partsMatchDefinition_data();
    void partsMatchDefinition();
    void equalKeysGiveTheMeanOfValues_data() {
        kerneltest::addVariantRows(variants(), "context", {1, 10, 64, 65, 1000});
    }
    void equalKeysGiveTheMeanOfValues();
    void largeScoresPickOneValue_data() {
        kerneltest::addVariantRows(variants(), "winner", {0, 63, 64, 149});
    }
    void largeScoresPickOneValue();
    void longContextsDoNotLoseValues_data() { kerneltest::addVariantRows(variants()); }
    void longContextsDoNotLoseValues();
    void writesOnlyItsHeadsAndTokens_data() { kerneltest::addVariantRows(variants(), "group", {1, 3, 8}); }
    void writesOnlyItsHeadsAndTokens();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }

private:
    static void addShapes(std::initializer_list<int> tokenCounts);
    static void addShape(std::size_t variant, const Shape& shape);
    static void addShapeColumns();
    static void matchDefinition();
};

void TestAttention::addShapeColumns() {
    QTest::addColumn<int>("variant");
    for (const char* column : {"tokens", "context", "group", "headDim"})
        QTest::addColumn<int>(column);
    QTest::addColumn<int>("type");
}

void TestAttention::addShape(std::size_t variant, const Shape& s) {
    constexpr const char* kNames[] = {"f32", "bf16", "int8", "kivi2"};
    QTest::addRow("%s tokens=%d context=%d group=%d headDim=%d %s", variants()[variant]->name, int(s.tokens),
                  int(s.context), int(s.group), int(s.headDim), kNames[int(s.type)])
        << int(variant) << int(s.tokens) << int(s.context) << int(s.group) << int(s.headDim) << int(s.type);
}

void TestAttention::addShapes(std::initializer_list<int> tokenCounts) {
    addShapeColumns();
    for (std::size_t variant = 0; variant < variants().size(); ++variant)
        for (const int tokens : tokenCounts)
            for (const int context : {1, 15, 16, 17, 300})
                for (const int group : {1, 4, 8})
                    for (const int headDim :
                         {7, 16, 24, 64, 80, 128})  // below, at, between and above vector widths
                        for (const auto type : kTypes)
                            if (tokens <= context)
                                addShape(variant, {tokens, context, group, 2, headDim, type});
}

void TestAttention::longPrefillMatchesDefinition_data() {
    addShapeColumns();
    // More queries than a variant takes at a time, with and without earlier positions; more query heads than
    // any model has.
    for (std::size_t variant = 0; variant < variants().size(); ++variant)
        for (const Shape& shape :
             {Shape{130, 130, 1, 2, 32, KvType::bf16}, Shape{70, 200, 4, 2, 64, KvType::bf16},
              Shape{65, 65, 3, 2, 40, KvType::f32}, Shape{2, 70, 71, 2, 64, KvType::bf16},
              Shape{70, 200, 4, 2, 64, KvType::int8}, Shape{40, 460, 2, 2, 72, KvType::kivi2}})
            addShape(variant, shape);
}

void TestAttention::matchDefinition() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, tokens);
    QFETCH(int, context);
    QFETCH(int, group);
    QFETCH(int, headDim);
    QFETCH(int, type);
    Case problem({tokens, context, group, 2, headDim, KvType(type)});
    QVERIFY2(problem.runAll(variant.fn), "wrote beyond its scratch");
    COMPARE_TENSORS(problem.out.values(), problem.expected(),
                    toleranceOf(variant, KvType(type), kLargestValue));
    QVERIFY2(problem.out.intact(), "wrote beyond its output");
}

void TestAttention::partsMatchDefinition_data() {
    addShapeColumns();
    for (std::size_t variant = 0; variant < variants().size(); ++variant)
        for (const auto type : kTypes) {
            for (const int context : {1, 63, 64, 65, 300})
                for (const int group : {1, 2, 3, 4, 7, 8})
                    for (const int headDim : {7, 24, 64, 128})
                        addShape(variant, {1, context, group, 2, headDim, type});
            // Several tokens, some of which see nothing of the last range; more heads than the limit.
            for (const Shape& shape : {Shape{4, 66, 4, 2, 64, type}, Shape{16, 200, 1, 2, 32, type},
                                       Shape{2, 129, 7, 2, 40, type}, Shape{1, 130, 71, 2, 64, type}})
                addShape(variant, shape);
        }
}

void TestAttention::partsMatchDefinition() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, tokens);
    QFETCH(int, context);
    QFETCH(int, group);
    QFETCH(int, headDim);
    QFETCH(int, type);
    const auto blocks = (context + kBlock - 1) / kBlock;
    for (const std::int64_t parts : {std::int64_t{1}, std::int64_t{2}, blocks}) {
        if (parts > blocks)
            continue;
        Case problem({tokens, context, group, 2, headDim, KvType(type)});
        QVERIFY2(problem.runInParts(variant.fn, parts), "wrote beyond its scratch or its part");
        COMPARE_TENSORS(problem.out.values(), problem.expected(),
                        toleranceOf(variant, KvType(type), kLargestValue));
        QVERIFY2(problem.out.intact(), "wrote beyond its output");
    }
}

void TestAttention::equalKeysGiveTheMeanOfValues() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, context);
    constexpr int kHeadDim = 20;
    const Shape shape{1, context, 2, 1, kHeadDim, KvType::f32};
    const std::vector<float> keys(at(context * kHeadDim), 0.25F);
    std::vector<float> values;
    for (int j = 0; j < context; ++j)
        values.insert(values.end(), at(kHeadDim), static_cast<float>(j));
    Case problem(shape, keys, values);
    problem.runAll(variant.fn);
    std::vector<float> expected(at(shape.ld()), static_cast<float>(context - 1) / 2.0F);
    std::fill(expected.end() - kGap, expected.end(), Case::kUntouched);
    COMPARE_TENSORS(problem.out.values(), expected, toleranceOf(variant, KvType::f32, context));
}

void TestAttention::largeScoresPickOneValue() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, winner);
    constexpr int kContext = 150;
    constexpr int kHeadDim = 16;
    // Scores of about 1e5 apart, far beyond what e^x holds; the winner comes first, in the middle or last.
    std::vector<float> keys(at(kContext * kHeadDim), -1e4F);
    std::fill_n(keys.begin() + winner * kHeadDim, kHeadDim, 1e4F);
    const auto values = kerneltest::uniform(keys.size(), -1.0F, 1.0F, 5);
    Case problem({1, kContext, 1, 1, kHeadDim, KvType::f32}, keys, values);
    std::fill_n(problem.q.data(), kHeadDim, 2.0F);
    for (const int parts : {0, 1, 3}) {
        parts == 0 ? problem.runAll(variant.fn) : problem.runInParts(variant.fn, parts);
        COMPARE_TENSORS(problem.out.values().first(kHeadDim),
                        std::span(values).subspan(at(winner * kHeadDim), kHeadDim),
                        toleranceOf(variant, KvType::f32, 1.0));
    }
}

void TestAttention::longContextsDoNotLoseValues() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    // Adding 131072 equal terms to one f32 drifts by more than the tolerance.
    constexpr int kContext = 131072;
    constexpr int kHeadDim = 8;
    const std::vector<float> keys(at(kContext) * kHeadDim, 0.5F);
    const std::vector<float> values(keys.size(), 0.7F);
    Case problem({1, kContext, 1, 1, kHeadDim, KvType::f32}, keys, values);
    for (const int parts : {0, 1, 16}) {
        parts == 0 ? problem.runAll(variant.fn) : problem.runInParts(variant.fn, parts);
        COMPARE_TENSORS(problem.out.values().first(kHeadDim), std::vector<float>(kHeadDim, 0.7F),
                        toleranceOf(variant, KvType::f32, 0.7));
    }
}

void TestAttention::writesOnlyItsHeadsAndTokens() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, group);
    const Shape shape{5, 40, group, 3, 24, KvType::bf16};
    Case problem(shape);
    problem.run(variant.fn, 1, 2, 4);
    auto expected = problem.expected();
    const auto mine = shape.group * shape.headDim;
    for (std::int64_t t = 0; t < shape.tokens; ++t)
        for (std::int64_t i = 0; i < shape.ld(); ++i)
            if (t < 2 || t >= 4 || i < mine || i >= 2 * mine)
                expected[at(t * shape.ld() + i)] = Case::kUntouched;
    COMPARE_TENSORS(problem.out.values(), expected, toleranceOf(variant, shape.type, 1.0));
    QVERIFY(problem.out.intact());
}

QTEST_APPLESS_MAIN(TestAttention)
#include "tst_attention.moc"
