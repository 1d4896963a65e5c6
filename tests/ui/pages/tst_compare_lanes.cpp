#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

#include "tests/support/fixtures.h"
#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/dialogs/prompt_dialog.h"
#include "ui/widgets/answer_marks.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/lane_card.h"

using ui::CompareController;

/// What is chosen before a comparison: lanes, their models and kernels, how they answer, and the prompt as
/// they read it.
class TestCompareLanes : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void lanesAreAddedAndRemoved();
    void withoutLanesThePageSaysWhatToDo();
    void modelIsChosenInTheLane();
    void kernelsArePinned();
    void nothingChangesDuringARun();
    void chipsFollowTheDialog_data();
    void chipsFollowTheDialog();
    void tokensAreShadedByProbability();
    void renderedPromptIsTheModels();
    void renderedPromptOfABrokenModelIsAnError();
};

namespace {

QStringList models(uitest::OpenWindow& open) {
    QStringList names;
    for (const auto& choice : open.workbench().compare().lanes()->choices())
        names << choice.model;
    return names;
}

QAction* entry(QMenu* menu, const QString& text) {
    for (auto* action : menu->actions())
        if (action->text() == text)
            return action;
    qFatal("the menu has no entry %s", qPrintable(text));
}

int cards(uitest::OpenWindow& open) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    return static_cast<int>(open.window().findChildren<ui::LaneCard*>().size());
}

ui::Settings settingsOf(const QVector<ui::LaneChoice>& lanes) {
    ui::Settings settings;
    settings.lanes = lanes;
    return settings;
}

void runToTheEnd(uitest::OpenWindow& open) {
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("What is 13 plus 1?");
    open.click("runButton");
    QTRY_VERIFY_WITH_TIMEOUT(open.workbench().compare().state() == CompareController::State::idle, 60'000);
}

}  // namespace

void TestCompareLanes::lanesAreAddedAndRemoved() {
    uitest::OpenWindow open;
    QCOMPARE(cards(open), 3);
    entry(open.find<QToolButton>("addLaneButton")->menu(), QString::fromUtf8("Demo model · SpinQuant"))
        ->trigger();
    QCOMPARE(models(open), QStringList({"demo:bf16", "demo:qat-lora", "demo:spinquant", "demo:spinquant"}));
    QCOMPARE(cards(open), 4);
    open.click("lane0.remove");  // the next one becomes the reference
    QCOMPARE(models(open), QStringList({"demo:qat-lora", "demo:spinquant", "demo:spinquant"}));
    QCOMPARE(cards(open), 3);
    QVERIFY(open.find<QToolButton>("lane0.model")->text().contains("QAT+LoRA"));
    const auto last = open.find<ui::LaneCard>("lane2")->findChildren<QLabel*>();
    QVERIFY(std::none_of(last.begin(), last.end(), [](auto* label) { return label->text() == "reference"; }));
    const auto first = open.find<ui::LaneCard>("lane0")->findChildren<QLabel*>();
    QVERIFY(
        std::any_of(first.begin(), first.end(), [](auto* label) { return label->text() == "reference"; }));
}

void TestCompareLanes::withoutLanesThePageSaysWhatToDo() {
    uitest::OpenWindow open(settingsOf({{"demo:bf16"}}));
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("Hi");
    QVERIFY(open.find<QPushButton>("runButton")->isEnabled());
    QVERIFY(!open.find<QPushButton>("demoLanesButton")->isVisible());
    open.click("lane0.remove");
    QCOMPARE(cards(open), 0);
    auto* run = open.find<QPushButton>("runButton");
    QVERIFY(!run->isEnabled());
    QCOMPARE(run->toolTip(), QString("Add a lane first"));
    QVERIFY(open.find<QPushButton>("demoLanesButton")->isVisible());
    open.click("demoLanesButton");
    QCOMPARE(models(open), QStringList({"demo:bf16", "demo:qat-lora", "demo:spinquant"}));
    QVERIFY(!open.find<QPushButton>("demoLanesButton")->isVisible());
    QVERIFY(run->isEnabled());
}

void TestCompareLanes::modelIsChosenInTheLane() {
    uitest::OpenWindow open(settingsOf({{"demo:bf16"}, {"demo:bf16"}}));
    runToTheEnd(open);
    entry(open.find<QToolButton>("lane1.model")->menu(), QString::fromUtf8("Demo model · QAT+LoRA"))
        ->trigger();
    QCOMPARE(models(open), QStringList({"demo:bf16", "demo:qat-lora"}));
    QVERIFY(open.find<QToolButton>("lane1.model")->text().contains("QAT+LoRA"));
    QVERIFY(open.find<QLabel>("lane1.hint")->isVisible());  // the answer was another model's
    QVERIFY(open.find<ui::AnswerView>("lane0.answer")->isVisible());
}

void TestCompareLanes::kernelsArePinned() {
    uitest::OpenWindow open(settingsOf({{"demo:bf16"}}));
    auto* menu = open.find<QToolButton>("lane0.kernels")->menu();
    emit menu->aboutToShow();
    QVERIFY(entry(menu, "auto (the best this CPU has)")->isChecked());
    entry(menu, "reference")->trigger();
    QCOMPARE(open.workbench().compare().lanes()->lane(0).choice.kernels, QString("reference"));
    emit menu->aboutToShow();
    QVERIFY(entry(menu, "reference")->isChecked());
    runToTheEnd(open);
    const auto& lane = open.workbench().compare().lanes()->lane(0);
    QVERIFY(lane.loaded.has_value());
    for (const auto& choice : lane.loaded->plan)
        QCOMPARE(choice.variant, std::string("reference"));
    QCOMPARE(open.find<QToolButton>("lane0.kernels")->text(), QString("reference"));
}

void TestCompareLanes::nothingChangesDuringARun() {
    const QTemporaryDir folder;
    auto settings = settingsOf({uitest::endlessModel(folder.path())});
    settings.compare = uitest::endlessGeneration();
    uitest::OpenWindow open(settings);
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("Hi");
    open.click("runButton");
    for (const char* name : {"addLaneButton", "lane0.model", "lane0.kernels", "lane0.remove",
                             "renderPromptButton", "compareExportButton"})
        QVERIFY2(!open.find<QWidget>(name)->isEnabled(), name);
    auto& compare = open.workbench().compare();
    compare.addLane({"demo:bf16"});
    compare.removeLane(0);
    compare.changeLane(0, {"demo:bf16"});
    compare.start();
    QCOMPARE(models(open), QStringList{settings.lanes.front().model});
    compare.stop();
    QTRY_VERIFY_WITH_TIMEOUT(compare.state() == CompareController::State::idle, 60'000);
    for (const char* name :
         {"addLaneButton", "lane0.model", "lane0.kernels", "lane0.remove", "renderPromptButton"})
        QVERIFY2(open.find<QWidget>(name)->isEnabled(), name);
    QTRY_VERIFY(open.find<QWidget>("compareExportButton")->isEnabled());
}

void TestCompareLanes::chipsFollowTheDialog_data() {
    QTest::addColumn<bool>("accepted");
    QTest::newRow("ok") << true;
    QTest::newRow("cancel") << false;
}

void TestCompareLanes::chipsFollowTheDialog() {
    QFETCH(bool, accepted);
    uitest::OpenWindow open;
    const auto before = open.workbench().compare().generation();
    bool shown = false;
    uitest::whenOpen<QDialog>([&](QDialog* dialog) {
        shown = dialog->objectName() == "generationDialog";
        dialog->findChild<QDoubleSpinBox*>("compareTemperature")->setValue(0.75);
        dialog->findChild<QSpinBox*>("compareMaxTokens")->setValue(17);
        dialog->findChild<QLineEdit*>("compareSeed")->setText("9007199254740993");
        const auto button = accepted ? QDialogButtonBox::Ok : QDialogButtonBox::Cancel;
        dialog->findChild<QDialogButtonBox*>()->button(button)->click();
    });
    open.click("compareSettingsButton");
    QVERIFY(shown);
    ui::GenerationChoice expected = before;
    if (accepted) {
        expected.temperature = 0.75;
        expected.maxTokens = 17;
        expected.seed = 9'007'199'254'740'993U;  // more than a double holds
    }
    QVERIFY(open.workbench().compare().generation() == expected);
    QStringList chips;
    for (const auto* label : open.window().findChildren<QLabel*>())
        if (label->property("chip").toBool() && label->isVisible())
            chips << label->text();
    QVERIFY2(chips.contains(QString("seed %1").arg(expected.seed)), qPrintable(chips.join(';')));
    QVERIFY2(chips.contains(QString("temperature %1").arg(expected.temperature)),
             qPrintable(chips.join(';')));
    QVERIFY2(chips.contains(QString("%1 tokens at most").arg(expected.maxTokens)),
             qPrintable(chips.join(';')));
}

void TestCompareLanes::tokensAreShadedByProbability() {
    uitest::OpenWindow open(settingsOf({{"demo:bf16"}}));
    runToTheEnd(open);
    auto* answer = open.find<ui::AnswerView>("lane0.answer");
    QVERIFY(answer->extraSelections().isEmpty());
    open.click("viewTokensButton");
    const auto& lane = open.workbench().compare().lanes()->lane(0);
    QTRY_COMPARE_WITH_TIMEOUT(lane.scores.scores.size(), lane.record->tokens.size(), 60'000);
    const auto marks = answer->extraSelections();
    qsizetype mark = 0;
    for (std::size_t token = 0; token < lane.tokenStarts.size(); ++token) {
        const int end = token + 1 < lane.tokenStarts.size() ? lane.tokenStarts[token + 1]
                                                            : static_cast<int>(lane.text.size());
        if (lane.tokenStarts[token] == end)
            continue;
        QVERIFY(mark < marks.size());
        QCOMPARE(marks[mark].cursor.selectionStart(), lane.tokenStarts[token]);
        QCOMPARE(marks[mark].cursor.selectionEnd(), end);
        const int band = ui::probabilityBand(lane.scores.scores[token].probability);
        QVERIFY(marks[mark].format == ui::probabilityBandFormat(band));
        ++mark;
    }
    QCOMPARE(mark, marks.size());
    QVERIFY(mark >= 2);
    open.click("viewTextButton");
    QVERIFY(answer->extraSelections().isEmpty());
}

void TestCompareLanes::renderedPromptIsTheModels() {
    const auto model = QString::fromStdString(testsupport::dataPath("golden/text-bf16/hf").string());
    uitest::OpenWindow open(settingsOf({{model}}));
    QVERIFY(!open.find<QPushButton>("renderPromptButton")->isEnabled());
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("Say hi");
    open.click("renderPromptButton");
    auto* dialog = open.find<ui::PromptDialog>("promptDialog");
    QVERIFY(dialog->isVisible());
    auto* text = dialog->findChild<QPlainTextEdit*>("renderedPrompt");
    QTRY_VERIFY_WITH_TIMEOUT(!text->toPlainText().isEmpty(), 60'000);
    QVERIFY2(text->toPlainText().contains("<|start_header_id|>user<|end_header_id|>\n\nSay hi<|eot_id|>"),
             qPrintable(text->toPlainText()));
    const auto ids = dialog->findChild<QPlainTextEdit*>("renderedTokens")->toPlainText().split(' ');
    QCOMPARE(ids.front(), QString("256"));  // begin of text
    const auto state = dialog->findChild<QLabel*>("renderedState")->text();
    QVERIFY2(state.startsWith(QString("%1 tokens").arg(ids.size())), qPrintable(state));
    QTest::mouseClick(dialog->findChild<QPushButton*>("renderedClose"), Qt::LeftButton);
    QTRY_VERIFY(open.window().findChild<ui::PromptDialog*>() == nullptr);
}

void TestCompareLanes::renderedPromptOfABrokenModelIsAnError() {
    uitest::OpenWindow open(settingsOf({{"demo:none"}}));
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("Say hi");
    open.click("renderPromptButton");
    auto* state = open.find<ui::PromptDialog>("promptDialog")->findChild<QLabel*>("renderedState");
    QTRY_VERIFY_WITH_TIMEOUT(state->text().contains("demo:none"), 60'000);
    QVERIFY(open.find<QPlainTextEdit>("renderedPrompt")->toPlainText().isEmpty());
}

QTEST_MAIN(TestCompareLanes)
#include "tst_compare_lanes.moc"
