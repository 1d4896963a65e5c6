#include <QtTest>
#include <limits>
#include <set>

#include "engine/report/metric_catalog.h"

/// How numbers are read: three digits and a unit that keeps them short.
class TestMetricCatalog : public QObject {
    Q_OBJECT
private slots:
    void formatsMetrics_data();
    void formatsMetrics();
    void formatsNumbers_data();
    void formatsNumbers();
    void everyMetricIsDescribedOnce();
    void anUnknownMetricKeepsItsName();
};

void TestMetricCatalog::formatsMetrics_data() {
    QTest::addColumn<QString>("metric");
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* metric, double value, const char* text) {
        QTest::addRow("%s %g", metric, value) << QString(metric) << value << QString(text);
    };
    row("ttft_ms", 12.345, "12.3 ms");
    row("ttft_ms", 9999.0, "9999 ms");
    row("ttft_ms", 12345.0, "12.3 s");
    row("decode_tokens_per_s", 98.76, "98.8 tok/s");
    row("peak_rss_bytes", 512.0, "512 B");
    row("peak_rss_bytes", 2061584302.0, "1.92 GiB");
    row("peak_rss_bytes", 1048576.0, "1 MiB");
    row("joules_per_token", 0.0, "0 J/token");
    row("top1", 0.9634, "96.3 %");
    row("kl_mean", 0.003517, "0.00352 nats/token");
    row("something", 4.0, "4");
}

void TestMetricCatalog::formatsMetrics() {
    QFETCH(QString, metric);
    QFETCH(double, value);
    QTEST(QString::fromStdString(engine::formatMetric(metric.toStdString(), value)), "text");
}

void TestMetricCatalog::formatsNumbers_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    const auto row = [](double value, const char* text) { QTest::newRow(text) << value << QString(text); };
    row(0.0, "0");
    row(0.00123, "0.00123");
    row(0.0000123, "1.23e-05");
    row(12.34, "12.3");
    row(99.96, "100");
    row(4567.8, "4568");
    row(-0.25, "-0.25");
    row(1e15, "1000000000000000");
    row(std::numeric_limits<double>::quiet_NaN(), "not a number");
    QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << "not a number";
}

void TestMetricCatalog::formatsNumbers() {
    QFETCH(double, value);
    QTEST(QString::fromStdString(engine::formatNumber(value)), "text");
    QVERIFY(engine::formatNumber(std::numeric_limits<double>::max()).size() == 309);
}

void TestMetricCatalog::everyMetricIsDescribedOnce() {
    std::set<std::string_view> metrics;
    std::set<std::string_view> labels;
    bool headlinesOver = false;
    for (const auto& info : engine::metricCatalog()) {
        QVERIFY(metrics.insert(info.metric).second);
        QVERIFY(labels.insert(info.label).second);
        QVERIFY(!info.shortLabel.empty());
        const bool isBareNumber = info.metric == "throttles_during" || info.metric == "perplexity";
        QCOMPARE(info.unit.empty(), isBareNumber);
        QVERIFY2(!info.headline || !headlinesOver, "headlines come first");
        headlinesOver = headlinesOver || !info.headline;
    }
}

void TestMetricCatalog::anUnknownMetricKeepsItsName() {
    const auto info = engine::metricInfo("warp");
    QCOMPARE(std::string(info.label), std::string("warp"));
    QVERIFY(info.unit.empty() && !info.headline);
}

QTEST_GUILESS_MAIN(TestMetricCatalog)
#include "tst_metric_catalog.moc"
