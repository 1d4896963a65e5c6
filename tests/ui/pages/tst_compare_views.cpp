#include <QHelpEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QTextBlock>
#include <QToolButton>

#include "engine/compare/word_diff.h"
#include "tests/ui/open_window.h"
#include "ui/widgets/answer_marks.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/metric_tile.h"

using ui::CompareController;

/// Ways to look at the answers of several lanes: text, word difference, tokens, figures; up to six lanes, in
/// turn or at once.
class TestCompareViews : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void diffShowsBothAnswers();
    void tokensTellTheirNumbers();
    void metricsStandInOneTable();
    void sixLanesAreTheMost();
    void lanesAtOnceSayThatTheyAreNotFair();
    void modelsGoToTheBenchmark();
    void probabilitiesHaveBands_data();
    void probabilitiesHaveBands();

private:
    static ui::Settings settingsOf(const QStringList& models);
    static void runToTheEnd(uitest::OpenWindow& open);
    static const ui::Lane& lane(uitest::OpenWindow& open, int row) {
        return open.workbench().compare().lanes()->lane(row);
    }
};

namespace {
constexpr int kPatience = 60'000;
}

ui::Settings TestCompareViews::settingsOf(const QStringList& models) {
    ui::Settings settings;
    settings.lanes.clear();
    for (const auto& model : models)
        settings.lanes.push_back({model});
    settings.compare.temperature = 0.8;  // answers that differ
    settings.compare.maxTokens = 24;
    return settings;
}

void TestCompareViews::runToTheEnd(uitest::OpenWindow& open) {
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("What is 13 plus 1?");
    open.click("runButton");
    auto& compare = open.workbench().compare();
    QTRY_VERIFY_WITH_TIMEOUT(compare.state() == CompareController::State::idle, kPatience);
    for (int row = 0; row < compare.lanes()->count(); ++row)
        QCOMPARE(compare.lanes()->lane(row).state, ui::LaneState::finished);
}

void TestCompareViews::diffShowsBothAnswers() {
    uitest::OpenWindow open(settingsOf({"demo:bf16", "demo:qat-lora"}));
    runToTheEnd(open);
    const QString reference = lane(open, 0).text;
    const QString text = lane(open, 1).text;
    open.click("viewDiffButton");
    auto* answer = open.find<ui::AnswerView>("lane1.answer");
    // What is not struck out is the lane's answer; what is struck out or plain has the reference's words.
    QString kept;
    QString before;
    for (auto block = answer->document()->begin(); block.isValid(); block = block.next())
        for (auto at = block.begin(); !at.atEnd(); ++at) {
            const auto format = at.fragment().charFormat();
            if (!format.fontStrikeOut())
                kept += at.fragment().text();
            if (!format.fontUnderline())
                before += at.fragment().text();
        }
    QCOMPARE(kept.simplified(), text.simplified());
    QCOMPARE(before.split(QRegularExpression("\\s+"), Qt::SkipEmptyParts),
             reference.split(QRegularExpression("\\s+"), Qt::SkipEmptyParts));
    QCOMPARE(open.find<ui::AnswerView>("lane0.answer")->toPlainText(), reference);
    QVERIFY(open.find<QWidget>("diffLegend")->isVisible());
    const auto footer = open.find<QLabel>("lane1.footer")->text();
    QVERIFY2(footer.startsWith(ui::diffSummary(reference, text)), qPrintable(footer));
    open.click("viewTextButton");
    QCOMPARE(answer->toPlainText(), text);
    QTextCursor end(answer->document());
    end.movePosition(QTextCursor::End);
    QVERIFY(!end.charFormat().fontUnderline() && !end.charFormat().fontStrikeOut());
}

void TestCompareViews::tokensTellTheirNumbers() {
    uitest::OpenWindow open(settingsOf({"demo:bf16", "demo:spinquant"}));
    runToTheEnd(open);
    QCOMPARE(lane(open, 1).scores.scores.size(), lane(open, 1).record->tokens.size());
    open.click("viewTokensButton");
    QVERIFY(open.find<QWidget>("tokenLegend")->isVisible());
    auto* answer = open.find<ui::AnswerView>("lane1.answer");
    const auto& shown = lane(open, 1);
    const int token = 1;
    answer->setFocus();
    QTextCursor caret(answer->document());
    caret.setPosition(shown.tokenStarts[token]);
    answer->setTextCursor(caret);
    const QString facts = open.find<QLabel>("lane1.footer")->text();
    QCOMPARE(facts, ui::tokenFacts(shown, token));
    QVERIFY2(facts.contains(QString("id %1").arg(engine::raw(shown.record->tokens[token]))),
             qPrintable(facts));
    QVERIFY2(facts.contains(QString("rank %1").arg(shown.scores.scores[token].rank)), qPrintable(facts));
    QVERIFY(facts.contains(" p "));
    QCOMPARE(ui::tokenAt(shown, shown.tokenStarts[token]), token);
    QCOMPARE(ui::tokenAt(shown, -1), -1);
    QCOMPARE(ui::tokenAt(shown, static_cast<int>(shown.text.size())), -1);
}

void TestCompareViews::metricsStandInOneTable() {
    uitest::OpenWindow open(settingsOf({"demo:bf16", "demo:qat-lora", "demo:spinquant"}));
    runToTheEnd(open);
    open.click("viewMetricsButton");
    auto* table = open.find<QTableView>("laneTable");
    QVERIFY(table->isVisible());
    const auto* model = table->model();
    QCOMPARE(model->columnCount(), 3);
    QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), QString("BF16 (reference)"));
    QCOMPARE(model->headerData(2, Qt::Horizontal).toString(), QString("SpinQuant"));
    QHash<QString, int> rows;
    for (int row = 0; row < model->rowCount(); ++row)
        rows[model->headerData(row, Qt::Vertical).toString()] = row;
    const auto value = [&](const char* label, int column) {
        return model->index(rows.value(label, -1), column).data(Qt::EditRole);
    };
    for (int column = 0; column < 3; ++column) {
        const auto& record = *lane(open, column).record;
        QCOMPARE(value("Time to first token", column).toDouble(), *record.metrics.ttftMs);
        QCOMPARE(value("Generated tokens", column).toInt(), static_cast<int>(record.tokens.size()));
        QCOMPARE(value("Peak memory", column).toDouble(), static_cast<double>(record.metrics.peakRssBytes));
        QCOMPARE(value("KL divergence", column).isValid(), column > 0);
    }
    QCOMPARE(value("KL divergence", 1).toDouble(), lane(open, 1).agreement->klMean);
    QVERIFY(!open.find<ui::LaneCard>("lane0")->isVisible());
    open.click("viewTextButton");
    QVERIFY(!table->isVisible());
    QVERIFY(open.find<ui::LaneCard>("lane0")->isVisible());
}

void TestCompareViews::sixLanesAreTheMost() {
    uitest::OpenWindow open(settingsOf(QStringList(6, "demo:spinquant")));
    open.window().resize(1280, 800);
    auto& compare = open.workbench().compare();
    QCOMPARE(compare.lanes()->count(), 6);
    QVERIFY(!open.find<QToolButton>("addLaneButton")->isEnabled());
    compare.addLane({"demo:bf16"});
    QCOMPARE(compare.lanes()->count(), 6);
    runToTheEnd(open);
    for (int row = 1; row < 6; ++row) {
        QCOMPARE(lane(open, row).text, lane(open, 0).text);  // one seed, one variant
        QVERIFY(!lane(open, row).agreement->firstDivergence);
        QVERIFY(lane(open, row).scores.scores == lane(open, 0).scores.scores);
    }
    QCOMPARE(open.window().width(), 1280);
    for (int row = 0; row < 6; ++row) {
        auto* card = open.find<ui::LaneCard>(QString("lane%1").arg(row));
        QVERIFY(card->width() >= 280);
        for (const auto* tile : card->findChildren<ui::MetricTile*>())
            for (const auto* label : tile->findChildren<QLabel*>())
                if (label->textFormat() == Qt::RichText)
                    QVERIFY2(label->sizeHint().width() <= label->width(), qPrintable(tile->valueText()));
    }
    open.click("lane5.remove");
    QVERIFY(open.find<QToolButton>("addLaneButton")->isEnabled());
}

void TestCompareViews::lanesAtOnceSayThatTheyAreNotFair() {
    uitest::OpenWindow open(settingsOf({"demo:bf16", "demo:spinquant"}));
    open.click("atOnceButton");
    QVERIFY(open.workbench().compare().order() == engine::CompareOrder::concurrent);
    runToTheEnd(open);
    QVERIFY(lane(open, 1).agreement.has_value());
    QVERIFY(!lane(open, 1).scores.scores.empty());
    for (const char* name : {"lane0.ttft", "lane1.ttft", "lane1.decode", "lane0.prefill"})
        QCOMPARE(open.find<ui::MetricTile>(name)->wordsText(), QString("not fair"));
    QVERIFY(open.find<QLabel>("lane1.footer")->text().contains("not fair"));
    QTRY_VERIFY(open.workbench().compare().storedRun() != 0);
    const auto run = open.store()->run(open.workbench().compare().storedRun());
    QVERIFY(run->profileText.find("\"order\": \"concurrent\"") != std::string::npos);
    // Back in turn, the figures that are shown stay unfair until the lanes have run again.
    open.click("atOnceButton");
    QCOMPARE(open.find<ui::MetricTile>("lane1.ttft")->wordsText(), QString("not fair"));
    runToTheEnd(open);
    QVERIFY(open.find<ui::MetricTile>("lane1.ttft")->wordsText() != "not fair");
}

void TestCompareViews::modelsGoToTheBenchmark() {
    uitest::OpenWindow open(settingsOf({"demo:bf16", "demo:spinquant", "demo:bf16"}));
    open.click("benchmarkLanesButton");
    QCOMPARE(open.window().page(), QString("benchmark"));
    QCOMPARE(open.workbench().benchmark().models(), QStringList({"demo:bf16", "demo:spinquant"}));
}

void TestCompareViews::probabilitiesHaveBands_data() {
    QTest::addColumn<double>("probability");
    QTest::addColumn<int>("band");
    QTest::addColumn<QString>("text");
    QTest::newRow("sure") << 1.0 << 0 << QString::fromUtf8("≥ 80 %");
    QTest::newRow("edge") << 0.8 << 0 << QString::fromUtf8("≥ 80 %");
    QTest::newRow("likely") << 0.79 << 1 << QString::fromUtf8("≥ 50 %");
    QTest::newRow("so so") << 0.2 << 2 << QString::fromUtf8("≥ 20 %");
    QTest::newRow("unlikely") << 0.06 << 3 << QString::fromUtf8("≥ 5 %");
    QTest::newRow("surprise") << 0.0 << 4 << QString::fromUtf8("< 5 %");
}

void TestCompareViews::probabilitiesHaveBands() {
    QFETCH(double, probability);
    QFETCH(int, band);
    QFETCH(QString, text);
    QCOMPARE(ui::probabilityBand(probability), band);
    QCOMPARE(ui::probabilityBandText(band), text);
}

QTEST_MAIN(TestCompareViews)
#include "tst_compare_views.moc"
