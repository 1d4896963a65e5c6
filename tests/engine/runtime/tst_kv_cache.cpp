#include <QtTest>
#include <cmath>
#include <random>

#include "engine/base/float_types.h"
#include "engine/runtime/kv_cache.h"
#include "engine/runtime/kv_quantize.h"
#include "kernels/attention/kivi2.h"

using engine::KvCache;
namespace kivi2 = kernels::attention::kivi2;

/// What the cache keeps of keys and values, against the numbers that were stored.
class TestKvCache : public QObject {
    Q_OBJECT
private slots:
    void int8ErrorIsHalfAStep_data();
    void int8ErrorIsHalfAStep();
    void kiviErrorIsHalfAStep_data();
    void kiviErrorIsHalfAStep();
    void kiviKeepsFourLevels();
    void quantizesWhatIsNotFinite();
    void positionsMoveIntoTwoBits_data();
    void positionsMoveIntoTwoBits();
    void bytesAreWhatTheSchemeSays_data();
    void bytesAreWhatTheSchemeSays();
    void rewindingResumesWhereTheWindowBegins();
    void namesEverySchemeOnce();
    void refusesOtherNames();
    void refusesImpossibleSizes();
};

namespace {

std::vector<float> numbers(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> result(count);
    for (float& value : result)
        value = static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F;
    return result;
}

engine::ModelConfig shape(std::int64_t layers, std::int64_t kvHeads, std::int64_t headDim) {
    engine::ModelConfig config;
    config.nLayers = layers;
    config.nKvHeads = kvHeads;
    config.headDim = headDim;
    return config;
}

/// 32 positions whose channels differ in size by up to 2^7, rounded to BF16.
struct Rows {
    explicit Rows(std::int64_t dim) : headDim(dim) {
        auto values = numbers(static_cast<std::size_t>(32 * dim), 7);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto channel = static_cast<std::int64_t>(i) % dim;
            bits.push_back(engine::toBf16(values[i] * std::exp2(static_cast<float>(channel % 8))));
        }
    }
    float at(std::int64_t position, std::int64_t channel) const {
        return engine::fromBf16(bits[static_cast<std::size_t>(position * headDim + channel)]);
    }
    std::int64_t headDim;
    std::vector<std::uint16_t> bits;
};

/// max - min of some numbers, and the largest of them.
struct Spread {
    template <class At>
    Spread(std::int64_t count, At at) {
        float low = at(0);
        float high = low;
        for (std::int64_t i = 0; i < count; ++i) {
            low = std::min(low, at(i));
            high = std::max(high, at(i));
        }
        width = high - low;
        largest = std::max(std::fabs(low), std::fabs(high));
    }
    /// Half a step of four levels, and rounding min and three steps to the 11 bits of a half.
    float allowed() const { return width / 6.0F + (largest + width) * 0x1p-11F; }
    float width = 0.0F;
    float largest = 0.0F;
};

float decoded(const kivi2::Tile& tile, std::int64_t row, std::int64_t lane) {
    return engine::fromF16(tile.min[row]) +
           engine::fromF16(tile.scale[row]) * static_cast<float>(kivi2::codeAt(tile, row, lane));
}

struct Group {
    explicit Group(const Rows& rows)
        : keys(static_cast<std::size_t>(kivi2::keyBytes(rows.headDim))),
          values(static_cast<std::size_t>(kivi2::valueBytes(rows.headDim))) {
        engine::quantizeKiviKeys(rows.bits.data(), rows.headDim, keys.data());
        engine::quantizeKiviValues(rows.bits.data(), rows.headDim, values.data());
    }
    std::vector<std::byte> keys;
    std::vector<std::byte> values;
};

void headDims() {
    QTest::addColumn<int>("headDim");
    for (const int dim : {1, 8, 31, 32, 33, 64, 128})
        QTest::addRow("%d", dim) << dim;
}

}  // namespace

void TestKvCache::int8ErrorIsHalfAStep_data() {
    headDims();
}

void TestKvCache::int8ErrorIsHalfAStep() {
    QFETCH(int, headDim);
    const auto x = numbers(static_cast<std::size_t>(headDim), 5);
    std::vector<std::int8_t> codes(x.size());
    const float scale = engine::quantizeInt8(x.data(), headDim, codes.data());
    float largest = 0.0F;
    int largestCode = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        largest = std::max(largest, std::fabs(x[i]));
        largestCode = std::max(largestCode, std::abs(int{codes[i]}));
        QVERIFY(std::fabs(scale * static_cast<float>(codes[i]) - x[i]) <= 0.5001F * scale);
    }
    QCOMPARE(scale, largest / 127.0F);
    QCOMPARE(largestCode, 127);
}

void TestKvCache::kiviErrorIsHalfAStep_data() {
    headDims();
}

void TestKvCache::kiviErrorIsHalfAStep() {
    QFETCH(int, headDim);
    const Rows rows(headDim);
    const Group group(rows);
    const auto keys = kivi2::keyTile(group.keys.data(), headDim, 0);
    for (std::int64_t channel = 0; channel < headDim; ++channel) {
        const Spread spread(32, [&](std::int64_t j) { return rows.at(j, channel); });
        for (std::int64_t j = 0; j < 32; ++j)
            QVERIFY(std::fabs(decoded(keys, channel, j) - rows.at(j, channel)) <= spread.allowed());
    }
    for (std::int64_t j = 0; j < 32; ++j)
        for (std::int64_t first = 0; first < headDim; first += 32) {
            const auto lanes = std::min<std::int64_t>(32, headDim - first);
            const Spread spread(lanes, [&](std::int64_t i) { return rows.at(j, first + i); });
            const auto tile = kivi2::valueTile(group.values.data(), headDim, 0, first / 32);
            for (std::int64_t i = 0; i < lanes; ++i)
                QVERIFY(std::fabs(decoded(tile, j, i) - rows.at(j, first + i)) <= spread.allowed());
        }
}

void TestKvCache::kiviKeepsFourLevels() {
    // Numbers that 2 bit hold exactly come back exactly: -1, -0.5, 0 and 0.5, and a channel that is constant.
    Rows rows(32);
    for (std::int64_t j = 0; j < 32; ++j)
        for (std::int64_t i = 0; i < 32; ++i)
            rows.bits[static_cast<std::size_t>(j * 32 + i)] =
                engine::toBf16(i == 5 ? 0.25F : -1.0F + 0.5F * static_cast<float>((i + j) % 4));
    const Group group(rows);
    const auto keys = kivi2::keyTile(group.keys.data(), 32, 0);
    for (std::int64_t j = 0; j < 32; ++j)
        for (std::int64_t i = 0; i < 32; ++i)
            QCOMPARE(decoded(keys, i, j), rows.at(j, i));
}

void TestKvCache::quantizesWhatIsNotFinite() {
    // A broken model must not break more than its own numbers.
    Rows rows(32);
    rows.bits[0] = 0x7fc0;  // NaN
    rows.bits[33] = 0x7f80;
    rows.bits[66] = 0xff80;
    const Group group(rows);
    const auto keys = kivi2::keyTile(group.keys.data(), 32, 0);
    for (std::int64_t j = 0; j < 32; ++j)
        QVERIFY(std::isfinite(decoded(keys, 3, j)));
    const float bad[] = {NAN, INFINITY, 1.0F};
    std::int8_t codes[3];
    engine::quantizeInt8(bad, 3, codes);
}

void TestKvCache::positionsMoveIntoTwoBits_data() {
    QTest::addColumn<int>("end");
    for (const int end : {1, 127, 128, 129, 255, 256, 300})
        QTest::addRow("%d positions", end) << end;
}

void TestKvCache::positionsMoveIntoTwoBits() {
    QFETCH(int, end);
    constexpr std::int64_t kHeads = 2;
    constexpr std::int64_t kDim = 32;
    auto cache = KvCache::create(shape(2, kHeads, kDim), 300, KvCache::Type::kivi2);
    QVERIFY(cache.has_value());
    std::vector<std::vector<float>> stored;
    for (int position = 0; position < end; ++position) {
        stored.push_back(numbers(kHeads * kDim, 100U + static_cast<unsigned>(position)));
        cache->open(position);
        cache->store(1, position, stored.back().data(), stored.back().data());
        for (int member = 0; member < 3; ++member)
            cache->settle(1, position + 1, member, 3);
    }
    kernels::attention::Problem problem;
    cache->describe(1, end, problem);
    QCOMPARE(problem.recentBegin, std::int64_t{end / 128 * 128});
    QVERIFY(problem.past.type == KvCache::Type::kivi2 && problem.recent.type == KvCache::Type::bf16);
    for (std::int64_t head = 0; head < kHeads; ++head)
        for (std::int64_t position = 0; position < end; ++position)
            for (std::int64_t i = 0; i < kDim; ++i) {
                const float x =
                    stored[static_cast<std::size_t>(position)][static_cast<std::size_t>(head * kDim + i)];
                if (position >= problem.recentBegin) {
                    const auto row = head * problem.recent.capacity + position - problem.recentBegin;
                    QCOMPARE(static_cast<const std::uint16_t*>(problem.recent.v)[row * kDim + i],
                             engine::toBf16(x));
                    continue;
                }
                const auto row = head * problem.past.capacity + position;
                const auto keys = kivi2::keyTile(problem.past.k, kDim, row / 32);
                const auto values = kivi2::valueTile(problem.past.v, kDim, row / 32, 0);
                // Numbers in [-1, 1): no step is wider than 2/3.
                QVERIFY(std::fabs(decoded(keys, i, row % 32) - x) < 0.34F);
                QVERIFY(std::fabs(decoded(values, row % 32, i) - x) < 0.34F);
            }
}

void TestKvCache::bytesAreWhatTheSchemeSays_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("perToken");
    QTest::addColumn<int>("bytes");
    // 16 layers, 8 kv heads of 64 (Llama 3.2 1B) with 2048 positions.
    constexpr int kNumbers = 16 * 8 * 64 * 2;
    QTest::newRow("f32") << int(KvCache::Type::f32) << kNumbers * 4 << kNumbers * 4 * 2048;
    QTest::newRow("bf16") << int(KvCache::Type::bf16) << kNumbers * 2 << kNumbers * 2 * 2048;
    QTest::newRow("int8") << int(KvCache::Type::int8) << kNumbers + 16 * 8 * 2 * 4
                          << (kNumbers + 16 * 8 * 2 * 4) * 2048;
    QTest::newRow("kivi2") << int(KvCache::Type::kivi2) << kNumbers * 3 / 8
                           << kNumbers * 3 / 8 * 2048 + kNumbers * 2 * 128;
}

void TestKvCache::bytesAreWhatTheSchemeSays() {
    QFETCH(int, type);
    QFETCH(int, perToken);
    QFETCH(int, bytes);
    const auto config = shape(16, 8, 64);
    QCOMPARE(KvCache::bytesPerToken(config, KvCache::Type(type)), std::int64_t{perToken});
    const auto cache = KvCache::create(config, 2048, KvCache::Type(type));
    QVERIFY(cache.has_value());
    QCOMPARE(cache->bytes(), std::int64_t{bytes});
}

void TestKvCache::rewindingResumesWhereTheWindowBegins() {
    auto kivi = KvCache::create(shape(1, 1, 32), 1000, KvCache::Type::kivi2);
    auto plain = KvCache::create(shape(1, 1, 32), 1000, KvCache::Type::int8);
    QVERIFY(kivi && plain);
    kivi->open(300);  // the window holds positions from 256 on
    QCOMPARE(kivi->resumeAt(299), std::int64_t{299});
    QCOMPARE(kivi->resumeAt(256), std::int64_t{256});
    QCOMPARE(kivi->resumeAt(255), std::int64_t{128});
    QCOMPARE(kivi->resumeAt(128), std::int64_t{128});
    QCOMPARE(kivi->resumeAt(5), std::int64_t{0});
    QCOMPARE(kivi->room(300), std::int64_t{84});
    QCOMPARE(kivi->room(256), std::int64_t{128});
    plain->open(300);
    QCOMPARE(plain->resumeAt(5), std::int64_t{5});
    QCOMPARE(plain->room(300), std::int64_t{700});
}

void TestKvCache::namesEverySchemeOnce() {
    for (const auto& scheme : engine::kvSchemes()) {
        const auto type = engine::kvSchemeNamed(scheme.name);
        QVERIFY(type.has_value() && *type == scheme.type);
    }
    QCOMPARE(engine::kvSchemes().size(), std::size_t{4});
}

void TestKvCache::refusesOtherNames() {
    for (const char* name : {"", "int4", "BF16", "kivi"}) {
        const auto type = engine::kvSchemeNamed(name);
        QVERIFY(!type);
        QVERIFY(type.error().message.find("kivi2") != std::string::npos);
    }
}

void TestKvCache::refusesImpossibleSizes() {
    const auto config = shape(16, 8, 64);
    for (const auto& scheme : engine::kvSchemes()) {
        QVERIFY(!KvCache::create(config, INT64_MAX / 2, scheme.type));
        QVERIFY(!KvCache::create(config, std::int64_t{1} << 40, scheme.type));
    }
}

QTEST_APPLESS_MAIN(TestKvCache)
#include "tst_kv_cache.moc"
