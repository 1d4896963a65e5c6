#include <QtTest>

#include "engine/report/plot_data.h"
#include "tests/engine/report/sample_report.h"

/// What plots show: places, intervals, boxes, series, the front, and what must not be ranked.
class TestPlotData : public QObject {
    Q_OBJECT
private slots:
    void barsAreMediansWithIntervals();
    void boxesHoldTheirSamples();
    void qualityOfAnotherRunIsFound();
    void sweepsGoOverTheChosenAxis();
    void timeIsTheRunsStart();
    void theFrontIsWhatNothingBeats();
    void estimatedEnergyIsNeverOnTheFront();
    void mixedEnergySourcesAreSaid();
    void nothingMeasuredIsAReason();
    void seriesFollowTheGroup_data();
    void seriesFollowTheGroup();
};

namespace {

std::vector<engine::LaneOfRun> rowsOf(const engine::RunReport& report) {
    std::vector<engine::LaneOfRun> rows;
    for (const auto& lane : report.lanes)
        rows.push_back({&report, &lane});
    return rows;
}

/// One lane per pair of speed and memory.
engine::RunReport trade(const std::vector<std::pair<double, double>>& points) {
    engine::RunReport report;
    report.run.id = 3;
    for (std::size_t i = 0; i < points.size(); ++i) {
        engine::LaneReport lane;
        lane.lane.id = static_cast<std::int64_t>(i) + 1;
        lane.lane.name = "L" + std::to_string(i);
        lane.lane.variant = i % 2 == 0 ? "BF16" : "SpinQuant";
        reporttest::addSamples(lane, "decode", 0, 64, 0, "decode_tokens_per_s", "tok/s", {points[i].first});
        reporttest::addSamples(lane, "decode", 0, 64, 0, "joules_per_token", "J/token", {points[i].second});
        lane.energy.push_back({0, lane.lane.id, 0, 1.0, points[i].second, "rapl:package-0", "measured", ""});
        report.lanes.push_back(lane);
    }
    return report;
}

engine::PlotQuestion tradeQuestion() {
    engine::PlotQuestion question;
    question.kind = engine::PlotKind::pareto;
    question.against = "joules_per_token";
    return question;
}

std::vector<std::string> frontOf(const engine::PlotData& data) {
    std::vector<std::string> names;
    for (const auto& series : data.series)
        for (const auto& point : series.points)
            if (point.onFront)
                names.push_back(point.label);
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

void TestPlotData::barsAreMediansWithIntervals() {
    const auto report = reporttest::sampleReport();
    const auto data = engine::makePlot({}, rowsOf(report));
    QCOMPARE(data.series.size(), std::size_t{2});
    const auto& point = data.series[1].points[0];
    QCOMPARE(point.y, 200.0);
    QCOMPARE(point.x, 1.0);
    QVERIFY(point.interval && point.interval->low <= 200.0 && point.interval->high >= 200.0);
    QVERIFY(QString::fromStdString(point.tip).contains("n = 10"));
    QCOMPARE(data.note, std::string("tok/s, higher is better"));
    QVERIFY(data.reason.empty());
}

void TestPlotData::boxesHoldTheirSamples() {
    engine::PlotQuestion question;
    question.kind = engine::PlotKind::box;
    const auto report = reporttest::sampleReport();
    const auto data = engine::makePlot(question, rowsOf(report));
    const auto& box = data.series[0].points[0].box;
    QVERIFY(box.has_value());
    QCOMPARE(box->median, 100.0);
    QCOMPARE(box->low, 98.0);
    QCOMPARE(box->high, 102.0);
}

void TestPlotData::qualityOfAnotherRunIsFound() {
    engine::RunReport timed = trade({{10.0, 1.0}});
    timed.lanes[0].lane.modelPath = "/models/a";
    std::vector<engine::RunReport> reports{timed};
    for (const auto& [id, perplexity] : {std::pair{4, 8.0}, {6, 9.0}, {5, 7.0}}) {
        engine::RunReport evaluated;
        evaluated.run.id = id;
        engine::LaneReport lane;
        lane.lane.variant = "BF16";
        lane.lane.modelPath = "/models/a";
        reporttest::addSamples(lane, "quality", 0, 0, 0, "perplexity", "", {perplexity});
        evaluated.lanes.push_back(lane);
        reports.push_back(evaluated);
    }
    auto question = tradeQuestion();
    question.against = "perplexity";
    const auto plot = [&] {
        std::vector<engine::LaneOfRun> rows;
        for (const auto& report : reports)
            for (const auto& lane : report.lanes)
                rows.push_back({&report, &lane});
        return engine::makePlot(question, rows);
    };
    const auto data = plot();
    QCOMPARE(data.series.size(), std::size_t{1});
    QCOMPARE(data.series[0].points.size(), std::size_t{1});
    QCOMPARE(data.series[0].points[0].x, 9.0);  // the newest run's
    QVERIFY(QString::fromStdString(data.series[0].points[0].tip).contains("(run 6)"));
    reports[2].lanes[0].lane.kv = "int8";
    QCOMPARE(plot().series[0].points[0].x, 7.0);
    for (auto& report : reports)
        report.lanes[0].lane.digest = "d" + std::to_string(report.run.id);
    QVERIFY(plot().series.empty());
    question.against = "peak_rss_bytes";  // belongs to a run, not to the weights
    QVERIFY(plot().series.empty());
}

void TestPlotData::sweepsGoOverTheChosenAxis() {
    engine::RunReport report;
    engine::LaneReport lane;
    lane.lane.variant = "BF16";
    for (const int depth : {2048, 0, 512})
        reporttest::addSamples(lane, "decode", 0, 64, depth, "decode_tokens_per_s", "tok/s",
                               {10000.0 - depth});
    report.lanes.push_back(lane);
    engine::PlotQuestion question;
    question.kind = engine::PlotKind::sweep;
    const auto data = engine::makePlot(question, rowsOf(report));
    QCOMPARE(data.series.size(), std::size_t{1});
    std::vector<double> x;
    for (const auto& point : data.series[0].points) {
        x.push_back(point.x);
        QCOMPARE(point.y, 10000.0 - point.x);
    }
    QCOMPARE(x, std::vector<double>({0, 512, 2048}));
}

void TestPlotData::timeIsTheRunsStart() {
    engine::PlotQuestion question;
    question.kind = engine::PlotKind::timeSeries;
    auto report = reporttest::sampleReport();
    const auto data = engine::makePlot(question, rowsOf(report));
    QVERIFY(data.xIsTime);
    const auto expected = QDateTime::fromString("2026-11-24T10:15:30Z", Qt::ISODate).toSecsSinceEpoch();
    QCOMPARE(data.series[0].points[0].x, static_cast<double>(expected));
    report.run.startedAt = "yesterday";
    QVERIFY(engine::makePlot(question, rowsOf(report)).series.empty());
}

void TestPlotData::theFrontIsWhatNothingBeats() {
    // speed up, joules down is better: L3 is beaten by L1, L4 equals L2.
    const auto report = trade({{10, 1}, {20, 2}, {30, 4}, {15, 3}, {30, 4}});
    QCOMPARE(frontOf(engine::makePlot(tradeQuestion(), rowsOf(report))),
             std::vector<std::string>({"L0", "L1", "L2", "L4"}));
}

void TestPlotData::estimatedEnergyIsNeverOnTheFront() {
    auto report = trade({{10, 1}, {20, 2}, {30, 0.5}});
    report.lanes[2].energy[0].provenance = "estimated";
    const auto data = engine::makePlot(tradeQuestion(), rowsOf(report));
    QCOMPARE(frontOf(data), std::vector<std::string>({"L0", "L1"}));
    int estimated = 0;
    for (const auto& series : data.series)
        for (const auto& point : series.points)
            estimated += point.estimated ? 1 : 0;
    QCOMPARE(estimated, 1);
}

void TestPlotData::mixedEnergySourcesAreSaid() {
    auto report = trade({{10, 1}, {20, 2}});
    QVERIFY(engine::makePlot(tradeQuestion(), rowsOf(report)).warnings.empty());
    report.lanes[1].energy[0].source = "battery";
    const auto data = engine::makePlot(tradeQuestion(), rowsOf(report));
    QCOMPARE(data.warnings.size(), std::size_t{1});
    QVERIFY(data.warnings[0].find("battery, rapl:package-0") != std::string::npos);
    QVERIFY(engine::makePlot({}, rowsOf(report)).warnings.empty());  // speeds do not care
}

void TestPlotData::nothingMeasuredIsAReason() {
    QVERIFY(engine::makePlot({}, {}).reason.find("Check rows") == 0);
    const auto report = reporttest::sampleReport();
    engine::PlotQuestion question;
    question.metric = "load_ms";
    QCOMPARE(engine::makePlot(question, rowsOf(report)).reason,
             std::string("Not measured in the checked runs"));
}

void TestPlotData::seriesFollowTheGroup_data() {
    QTest::addColumn<int>("group");
    QTest::addColumn<QStringList>("names");
    const auto row = [](const char* name, engine::PlotGroup group, QStringList names) {
        QTest::newRow(name) << static_cast<int>(group) << names;
    };
    using engine::PlotGroup;
    row("lane", PlotGroup::lane, {"Alpha", "Beta"});
    row("variant", PlotGroup::variant, {"VariantAlpha", "VariantBeta"});
    row("model", PlotGroup::model, {"ModelAlpha VariantAlpha", "ModelBeta VariantBeta"});
    row("kernels", PlotGroup::kernels, {"avx2"});
    row("threads", PlotGroup::threads, {"3 threads"});
    row("machine", PlotGroup::machine, {QString::fromUtf8("TestCPU9000 · 16 GiB")});
    row("run", PlotGroup::run, {"run 7"});
}

void TestPlotData::seriesFollowTheGroup() {
    QFETCH(int, group);
    engine::PlotQuestion question;
    question.group = static_cast<engine::PlotGroup>(group);
    const auto report = reporttest::sampleReport();
    QStringList names;
    for (const auto& series : engine::makePlot(question, rowsOf(report)).series)
        names << QString::fromStdString(series.name);
    QTEST(names, "names");
}

QTEST_GUILESS_MAIN(TestPlotData)
#include "tst_plot_data.moc"
