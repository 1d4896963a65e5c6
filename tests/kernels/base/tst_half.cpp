#include <QtTest>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/base/half.h"

namespace {
std::uint32_t bitsOf(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}
float floatOf(std::uint32_t bits) {
    float value = 0.0F;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}
}  // namespace

class TestHalf : public QObject {
    Q_OBJECT
private slots:
    void halfHasKnownValues_data();
    void halfHasKnownValues();
    void everyHalfMatchesItsDefinition();
    void everyHalfSurvivesTheRoundTrip();
    void halfRoundsToNearestEven();
    void bf16RoundsToNearestEven_data();
    void bf16RoundsToNearestEven();
    void everyBf16SurvivesTheRoundTrip();
};

void TestHalf::halfHasKnownValues_data() {
    QTest::addColumn<unsigned>("half");
    QTest::addColumn<float>("value");
    QTest::newRow("one") << 0x3c00u << 1.0F;
    QTest::newRow("minus two") << 0xc000u << -2.0F;
    QTest::newRow("largest") << 0x7bffu << 65504.0F;
    QTest::newRow("smallest normal") << 0x0400u << 0x1p-14F;
    QTest::newRow("largest subnormal") << 0x03ffu << 0x1.ff8p-15F;
    QTest::newRow("smallest subnormal") << 0x8001u << -0x1p-24F;
    QTest::newRow("infinity") << 0x7c00u << std::numeric_limits<float>::infinity();
    QTest::newRow("a third") << 0x3555u << 0.333251953125F;
}

void TestHalf::halfHasKnownValues() {
    QFETCH(unsigned, half);
    QFETCH(float, value);
    QCOMPARE(bitsOf(kernels::halfToFloat(static_cast<std::uint16_t>(half))), bitsOf(value));
}

void TestHalf::everyHalfMatchesItsDefinition() {
    for (unsigned half = 0; half < 0x10000u; ++half) {
        const float value = kernels::halfToFloat(static_cast<std::uint16_t>(half));
        const int exponent = static_cast<int>((half >> 10) & 31u);
        const int mantissa = static_cast<int>(half & 1023u);
        QCOMPARE(std::signbit(value), half >= 0x8000u);
        if (exponent == 31)
            QVERIFY(mantissa == 0 ? std::isinf(value) : std::isnan(value));
        else if (exponent == 0)
            QCOMPARE(std::fabs(value), std::ldexp(static_cast<float>(mantissa), -24));
        else
            QCOMPARE(std::fabs(value), std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25));
    }
}

void TestHalf::everyHalfSurvivesTheRoundTrip() {
    for (unsigned half = 0; half < 0x10000u; ++half) {
        const float value = kernels::halfToFloat(static_cast<std::uint16_t>(half));
        const unsigned back = kernels::floatToHalf(value);
        if (std::isnan(value))
            QVERIFY((back & 0x7c00u) == 0x7c00u && (back & 0x3ffu) != 0);
        else
            QCOMPARE(back, half);
    }
}

/// Between two neighbours: below the middle down, above it up, in the middle to the even one.
void TestHalf::halfRoundsToNearestEven() {
    for (unsigned half = 0; half < 0x7c00u; ++half) {
        const auto low = static_cast<double>(kernels::halfToFloat(static_cast<std::uint16_t>(half)));
        const double high =
            half == 0x7bffu ? 65536.0
                            : static_cast<double>(kernels::halfToFloat(static_cast<std::uint16_t>(half + 1)));
        const auto middle = static_cast<float>((low + high) / 2);
        const unsigned even = half % 2 == 0 ? half : half + 1;
        QCOMPARE(unsigned{kernels::floatToHalf(middle)}, even);
        QCOMPARE(unsigned{kernels::floatToHalf(-middle)}, even | 0x8000u);
        QCOMPARE(unsigned{kernels::floatToHalf(std::nextafter(middle, 0.0F))}, half);
        QCOMPARE(unsigned{kernels::floatToHalf(std::nextafter(middle, 1e6F))}, half + 1);
    }
    QCOMPARE(unsigned{kernels::floatToHalf(1e30F)}, 0x7c00u);
}

void TestHalf::bf16RoundsToNearestEven_data() {
    QTest::addColumn<unsigned>("bits");
    QTest::addColumn<unsigned>("bf16");
    QTest::newRow("exact") << 0x3f800000u << 0x3f80u;
    QTest::newRow("below half") << 0x3f807fffu << 0x3f80u;
    QTest::newRow("half to even, down") << 0x3f808000u << 0x3f80u;
    QTest::newRow("half to even, up") << 0x3f818000u << 0x3f82u;
    QTest::newRow("above half") << 0x3f808001u << 0x3f81u;
    QTest::newRow("into the next exponent") << 0x3fffffffu << 0x4000u;
    QTest::newRow("into infinity") << 0x7f7fffffu << 0x7f80u;
    QTest::newRow("infinity") << 0xff800000u << 0xff80u;
    QTest::newRow("nan stays nan") << 0x7f800001u << 0x7fc0u;
    QTest::newRow("minus zero") << 0x80000000u << 0x8000u;
}

void TestHalf::bf16RoundsToNearestEven() {
    QFETCH(unsigned, bits);
    QFETCH(unsigned, bf16);
    QCOMPARE(static_cast<unsigned>(kernels::floatToBf16(floatOf(bits))), bf16);
}

void TestHalf::everyBf16SurvivesTheRoundTrip() {
    for (unsigned bits = 0; bits < 0x10000u; ++bits) {
        const float value = kernels::bf16ToFloat(static_cast<std::uint16_t>(bits));
        QCOMPARE(bitsOf(value), bits << 16);
        if (std::isnan(value))
            QVERIFY(std::isnan(kernels::bf16ToFloat(kernels::floatToBf16(value))));
        else
            QCOMPARE(static_cast<unsigned>(kernels::floatToBf16(value)), bits);
    }
}

QTEST_APPLESS_MAIN(TestHalf)
#include "tst_half.moc"
