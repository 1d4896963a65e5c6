#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

#include "engine/compare/comparison_history.h"
#include "tests/support/fixtures.h"
#include "tests/ui/open_window.h"
#include "ui/widgets/prompt_edit.h"

using ui::CompareController;
using ui::LaneState;

/// One prompt with a picture for several lanes, of which one cannot see.
class TestComparePictures : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void lanesThatSeeAnswer_data();
    void lanesThatSeeAnswer();
    void questionsComeWithTheirPictures();
};

namespace {

constexpr int kPatience = 120'000;

QString golden(const char* path) {
    return QString::fromStdString(testsupport::dataPath(std::string("golden/vision/") + path).string());
}

ui::Settings visionSettings() {
    ui::Settings settings;
    settings.page = "compare";
    settings.lanes = {{golden("meta")}, {"demo:bf16"}, {golden("hf")}};
    settings.compare = {.temperature = 0.0, .maxTokens = 4};
    settings.chatModel = {golden("meta")};
    settings.chat = {.temperature = 0.0, .maxTokens = 4};
    settings.systemPrompt.clear();
    return settings;
}

}  // namespace

void TestComparePictures::lanesThatSeeAnswer_data() {
    QTest::addColumn<bool>("blind");
    QTest::newRow("open") << false;
    QTest::newRow("blind") << true;
}

void TestComparePictures::lanesThatSeeAnswer() {
    QFETCH(bool, blind);
    uitest::OpenWindow open(visionSettings());
    auto& compare = open.workbench().compare();
    compare.votes().setBlindWanted(blind);
    auto* prompt = open.find<ui::PromptEdit>("comparePrompt");
    prompt->setPlainText("What is this?");
    emit prompt->pictureFilesGiven({golden("images/wide.png")});
    auto* warning = open.find<QLabel>("blindLanes");
    QTRY_VERIFY(warning->isVisible());  // before anything runs
    QVERIFY2(warning->text().contains("BF16"), qPrintable(warning->text()));
    QTRY_VERIFY(open.window().findChild<QWidget*>("pictureChip0")->isVisible());
    QTRY_VERIFY(!compare.tray().isReading() && compare.whyNot().isEmpty());
    open.click("runButton");
    QTRY_VERIFY_WITH_TIMEOUT(compare.state() == CompareController::State::idle, kPatience);
    const auto* lanes = compare.lanes();
    QVERIFY2(lanes->lane(0).state == LaneState::finished, qPrintable(lanes->lane(0).error));
    QVERIFY(lanes->lane(1).state == LaneState::failed);
    QVERIFY2(lanes->lane(1).error.contains("cannot see"), qPrintable(lanes->lane(1).error));
    QVERIFY2(lanes->lane(2).state == LaneState::finished, qPrintable(lanes->lane(2).error));
    QCOMPARE(lanes->lane(2).text, lanes->lane(0).text);
    QVERIFY(lanes->lane(2).agreement && lanes->lane(2).agreement->klMean < 1e-3);
    QTRY_VERIFY2(lanes->lane(2).scores.reason.empty() && !lanes->lane(2).scores.scores.empty(),
                 lanes->lane(2).scores.reason.c_str());
    QVERIFY(lanes->lane(0).record->metrics.imageEncodeMs);
    QCOMPARE(compare.votes().hidden(), blind);
    if (blind) {
        compare.vote("lane", 2);
        QTRY_VERIFY(compare.votes().vote().has_value());
    }

    // Shown again from the database, with the picture.
    QTRY_VERIFY(compare.storedRun() != 0);
    const auto run = compare.storedRun();
    open.reopen(visionSettings());
    auto& again = open.workbench().compare();
    again.showStored(run);
    QTRY_COMPARE(again.prompt(), QString("What is this?"));
    QTRY_COMPARE(again.tray().items().size(), 1);
    QCOMPARE(again.tray().rows().front().name, std::string("wide.png"));
    QTRY_VERIFY(!again.tray().items().front().picture->preview.isNull());
    const auto stored = engine::loadComparison(*open.store(), run);
    QVERIFY(stored && stored->request.pictures.size() == 1);
    QCOMPARE(stored->vote.has_value(), blind);
}

void TestComparePictures::questionsComeWithTheirPictures() {
    auto settings = visionSettings();
    settings.page = "chat";
    uitest::OpenWindow open(settings);
    auto& chat = open.workbench().chat();
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("What is this?");
    chat.tray().addFiles({golden("images/tall.png")});
    QTRY_VERIFY(!chat.tray().isReading());
    open.click("sendButton");
    QTRY_VERIFY_WITH_TIMEOUT(chat.state() == ui::ChatController::State::idle, kPatience);
    open.click("compareMessageButton");
    auto& compare = open.workbench().compare();
    QCOMPARE(compare.prompt(), QString("What is this?"));
    QCOMPARE(compare.tray().items().size(), 1);
    QCOMPARE(compare.tray().rows().front().name, std::string("tall.png"));
}

QTEST_MAIN(TestComparePictures)
#include "tst_compare_pictures.moc"
