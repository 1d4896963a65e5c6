#include <QClipboard>
#include <QDropEvent>
#include <QImage>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>

#include "engine/store/sqlite.h"
#include "tests/support/fixtures.h"
#include "tests/ui/example_chats.h"
#include "tests/ui/open_window.h"
#include "ui/dialogs/picture_dialog.h"
#include "ui/widgets/picture_thumb.h"
#include "ui/widgets/prompt_edit.h"

using ui::ChatController;

/// Pictures in a chat with a small vision model: attached by paste, drop and file, removed, sent, kept,
/// shown again, sent again, and refused where nothing sees them.
class TestChatPictures : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void picturesComeByPasteAndDrop();
    void chipsTellWhatPicturesCost();
    void picturesAreRemovedByKeyAndMouse();
    void hostilePicturesGiveOneError_data();
    void hostilePicturesGiveOneError();
    void thereIsAMost();
    void modelsAnswerAndPicturesStay();
    void branchesKeepTheirPictures();
    void draftsKeepTheirPictures();
    void functionsAndPicturesAreToldApart();
    void modelsThatCannotSeeDoNotAnswerAgain();
    void clickShowsLarger();

private:
    static QString image(const char* name) {
        return QString::fromStdString(
            testsupport::dataPath(std::string("golden/vision/images/") + name + ".png").string());
    }
};

namespace {

constexpr int kPatience = 60'000;

ui::Settings visionSettings() {
    ui::Settings settings;
    settings.page = "chat";
    settings.chatModel = {QString::fromStdString(testsupport::dataPath("golden/vision/meta").string())};
    settings.chat = {.temperature = 0.0, .maxTokens = 4};
    settings.systemPrompt.clear();
    return settings;
}

bool isIdle(uitest::OpenWindow& open) {
    return open.workbench().chat().state() == ChatController::State::idle;
}

bool areRead(uitest::OpenWindow& open, int count) {
    const auto& tray = open.workbench().chat().tray();
    return tray.items().size() == count && !tray.isReading();
}

void drop(QWidget* on, const QMimeData& data) {
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent dropped(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &dropped);
    QVERIFY(dropped.isAccepted());
}

/// Sends what is typed and attached; what was asked of the worker.
ui::ChatRequest sentBy(uitest::OpenWindow& open, const std::function<void()>& act) {
    QSignalSpy asked(&open.workbench().chat(), &ChatController::runRequested);
    act();
    if (!QTest::qWaitFor([&] { return !asked.isEmpty() && isIdle(open); }, kPatience))
        qFatal("nothing was answered");
    return asked.front()[1].value<ui::ChatRequest>();
}

std::int64_t keptPictures(uitest::OpenWindow& open) {
    const auto connection = engine::sqlite::Connection::open(open.store()->file());
    return connection->integer("SELECT count(*) FROM picture").value();
}

QList<ui::PictureThumb*> thumbs(uitest::OpenWindow& open) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    return open.window().findChildren<ui::PictureThumb*>();
}

}  // namespace

void TestChatPictures::picturesComeByPasteAndDrop() {
    uitest::OpenWindow open(visionSettings());
    auto* prompt = open.find<ui::PromptEdit>("chatPrompt");
    prompt->setPlainText("What is this?");
    QImage pixels(40, 30, QImage::Format_RGB32);
    pixels.fill(Qt::green);
    QGuiApplication::clipboard()->setImage(pixels);
    prompt->setFocus();
    prompt->paste();
    QTRY_VERIFY(areRead(open, 1));
    auto* files = new QMimeData;
    files->setUrls({QUrl::fromLocalFile(image("wide")), QUrl::fromLocalFile(image("tall"))});
    QGuiApplication::clipboard()->setMimeData(files);
    prompt->paste();
    QTRY_VERIFY(areRead(open, 3));
    QMimeData dropped;
    dropped.setUrls({QUrl::fromLocalFile(image("square"))});
    drop(open.find<QWidget>("chatScroll")->parentWidget(), dropped);  // anywhere on the page
    QTRY_VERIFY(areRead(open, 4));
    QCOMPARE(prompt->toPlainText(), QString("What is this?"));
    const auto rows = open.workbench().chat().tray().rows();
    QCOMPARE(rows[0].width, std::int64_t{40});
    QCOMPARE(rows[0].mediaType, std::string("image/png"));
    QCOMPARE(rows[1].name, std::string("wide.png"));
    QCOMPARE(rows[3].name, std::string("square.png"));
    QMimeData text;
    text.setText("only words");
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QCoreApplication::sendEvent(open.find<QWidget>("chatScroll")->parentWidget(), &enter);
    QVERIFY(!enter.isAccepted());
}

void TestChatPictures::chipsTellWhatPicturesCost() {
    uitest::OpenWindow open(visionSettings());
    open.workbench().chat().tray().addFiles({image("wide")});
    auto* chip = open.find<QWidget>("pictureChip0");
    QVERIFY(chip->isVisible());
    // 28-pixel tiles of four patches and a class token (tests/data/golden/vision/meta/params.json).
    const QImage wide(image("wide"));
    const auto size = QString("%1 × %2 pixels").arg(wide.width()).arg(wide.height());
    QTRY_VERIFY2(chip->accessibleName().contains(" tokens"), qPrintable(chip->accessibleName()));
    QVERIFY2(chip->accessibleName().contains(size), qPrintable(chip->accessibleName()));
    const auto tiled =
        ui::costOf(open.workbench().chat().tray().rows().front(), *open.workbench().chat().vision());
    QCOMPARE(tiled.tokens, 5 * tiled.tiles);
    QVERIFY(chip->accessibleName().endsWith(QString("%1 tokens").arg(tiled.tokens)));
    QVERIFY(!open.find<QWidget>("pictureNotice")->isVisible());
    QVERIFY(open.find<QWidget>("sendButton")->isEnabled());  // a picture says something
}

void TestChatPictures::picturesAreRemovedByKeyAndMouse() {
    uitest::OpenWindow open(visionSettings());
    auto& tray = open.workbench().chat().tray();
    tray.addFiles({image("wide"), image("tall"), image("square")});
    QTRY_VERIFY(areRead(open, 3));
    auto* first = open.find<QWidget>("pictureChip0");
    first->setFocus();
    QTRY_VERIFY(first->hasFocus());
    QTest::keyClick(first, Qt::Key_Delete);
    QTRY_COMPARE(tray.items().size(), 2);
    QCOMPARE(tray.items()[0].name, QString("tall.png"));
    QTRY_VERIFY(open.find<QWidget>("pictureChip0")->hasFocus());  // the next one
    QTest::keyClick(open.find<QWidget>("pictureChip0"), Qt::Key_Backspace);
    QTRY_COMPARE(tray.items().size(), 1);
    auto* remove = open.find<QToolButton>("removePicture0");
    QVERIFY2(remove->accessibleName().contains("square.png"), qPrintable(remove->accessibleName()));
    open.click("removePicture0");
    QTRY_VERIFY(tray.isEmpty());
    QTRY_COMPARE(keptPictures(open), std::int64_t{0});  // the draft's are gone too
}

void TestChatPictures::hostilePicturesGiveOneError_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    QFile file(image("wide"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto png = file.readAll();
    QTest::newRow("truncated") << png.first(png.size() / 2) << "damaged";
    QTest::newRow("text") << QByteArray("hello") << "no picture that can be read";
    // A bitmap header of 65535 x 65535 pixels of 24 bits.
    QTest::newRow("65535 x 65535") << QByteArray::fromHex(
                                          "424d36000000000000003600000028000000ffff0000ffff000001001800000000"
                                          "0000000000130b0000130b00000000000000000000")
                                   << "damaged";
}

void TestChatPictures::hostilePicturesGiveOneError() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    uitest::OpenWindow open(visionSettings());
    auto* prompt = open.find<QPlainTextEdit>("chatPrompt");
    prompt->setPlainText("What is this?");
    QFile file(open.path("hostile.png"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    open.workbench().chat().tray().addFiles({file.fileName(), image("wide")});
    QTRY_VERIFY(areRead(open, 1));  // the other one stays
    QTRY_VERIFY(open.find<QWidget>("chatNotice")->isVisible());
    const auto text = open.find<QLabel>("chatNoticeText")->text();
    QVERIFY2(text.contains(says) && text.contains("hostile.png") && !text.contains('\n'), qPrintable(text));
    QCOMPARE(prompt->toPlainText(), QString("What is this?"));
}

void TestChatPictures::thereIsAMost() {
    uitest::OpenWindow open(visionSettings());
    auto& tray = open.workbench().chat().tray();
    tray.addFiles(QStringList(ui::PictureTray::kMostPictures + 1, image("wide")));
    QTRY_VERIFY(areRead(open, ui::PictureTray::kMostPictures));
    QVERIFY(open.find<QLabel>("chatNoticeText")->text().contains("at most"));
}

void TestChatPictures::modelsAnswerAndPicturesStay() {
    uitest::OpenWindow open(visionSettings());
    auto& chat = open.workbench().chat();
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("What is this?");
    chat.tray().addFiles({image("wide"), image("tall")});
    QTRY_VERIFY(areRead(open, 2));
    const auto first = sentBy(open, [&] { open.click("sendButton"); });
    QCOMPARE(first.pictures.back().size(), std::size_t{2});
    QVERIFY(chat.tray().isEmpty());
    QCOMPARE(chat.messages()->count(), 2);
    const auto& answer = chat.messages()->message(1);
    QVERIFY2(answer.row.status == "complete", answer.row.metrics.c_str());
    QVERIFY2(ui::metricsText(answer.row.metrics).contains("images "), answer.row.metrics.c_str());
    QVERIFY(answer.row.metrics.find("\"image_encode_ms\":") != std::string::npos);
    QCOMPARE(thumbs(open).size(), 2);
    QVERIFY(!thumbs(open).front()->icon().isNull());
    QCOMPARE(keptPictures(open), std::int64_t{2});

    // Answered again, and asked further: the same pictures.
    const auto again = sentBy(open, [&] { chat.regenerate(); });
    QCOMPARE(again.pictures, first.pictures);
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("And?");
    const auto further = sentBy(open, [&] { open.click("sendButton"); });
    QCOMPARE(further.pictures.front(), first.pictures.front());
    QVERIFY(further.pictures.back().empty());

    // Opened again they are shown, and sent.
    const auto id = chat.conversationId();
    open.reopen(visionSettings());
    auto& reopened = open.workbench().chat();
    QTRY_VERIFY(reopened.conversations()->conversationCount() == 1);
    reopened.openConversation(id);
    QTRY_COMPARE(reopened.messages()->count(), 4);
    QTRY_VERIFY(thumbs(open).size() == 2 && !thumbs(open).front()->icon().isNull());
    QVERIFY(thumbs(open).front()->accessibleName().contains("wide.png"));
    const auto later = sentBy(open, [&] { reopened.regenerate(); });
    QCOMPARE(later.pictures.front(), first.pictures.front());
    reopened.deleteConversation(id);
    QTRY_COMPARE(keptPictures(open), std::int64_t{0});
}

void TestChatPictures::branchesKeepTheirPictures() {
    uitest::OpenWindow open(visionSettings());
    auto& chat = open.workbench().chat();
    chat.tray().addFiles({image("wide")});
    QTRY_VERIFY(areRead(open, 1));
    sentBy(open, [&] { open.click("sendButton"); });
    QCOMPARE(chat.title(), QString("wide.png"));
    chat.tray().addFiles({image("square")});  // typed for later
    QTRY_VERIFY(areRead(open, 1));
    chat.beginEdit(0);
    QCOMPARE(chat.tray().items().front().name, QString("wide.png"));
    chat.cancelEdit();
    QCOMPARE(chat.tray().items().front().name, QString("square.png"));
    chat.beginEdit(0);
    chat.tray().addFiles({image("tall")});
    QTRY_VERIFY(areRead(open, 2));
    const auto sent = sentBy(open, [&] { open.click("sendButton"); });
    QCOMPARE(sent.pictures.back().size(), std::size_t{2});
    QCOMPARE(chat.tray().items().front().name, QString("square.png"));
    QCOMPARE(chat.messages()->message(0).row.pictures.size(), std::size_t{2});
    chat.switchBranch(0, -1);
    QCOMPARE(chat.messages()->message(0).row.pictures.size(), std::size_t{1});
    QCOMPARE(thumbs(open).size(), 1);
    QTRY_COMPARE(keptPictures(open), std::int64_t{3});
}

void TestChatPictures::draftsKeepTheirPictures() {
    uitest::OpenWindow open(visionSettings());
    open.workbench().chat().tray().addFiles({image("wide")});
    QTRY_VERIFY(areRead(open, 1));
    QTRY_VERIFY(open.workbench().chat().conversationId() != 0);
    const auto id = open.workbench().chat().conversationId();
    open.reopen(visionSettings());
    QTRY_VERIFY(open.workbench().chat().conversations()->conversationCount() == 1);
    open.workbench().chat().openConversation(id);
    QTRY_VERIFY(areRead(open, 1));
    QTRY_VERIFY(open.find<QWidget>("pictureChip0")->accessibleName().contains("wide.png"));
    QTRY_VERIFY(!open.workbench().chat().tray().items().front().picture->preview.isNull());
}

void TestChatPictures::functionsAndPicturesAreToldApart() {
    uitest::OpenWindow open(visionSettings());
    auto& chat = open.workbench().chat();
    chat.setTools(QString::fromStdString(uitest::weatherTools()), engine::ToolPlace::systemPrompt);
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("What is this?");
    QVERIFY(chat.whyNot().isEmpty());
    chat.tray().addFiles({image("wide")});
    QTRY_VERIFY(areRead(open, 1));
    QVERIFY(open.find<QWidget>("pictureNotice")->isVisible());
    QVERIFY(open.find<QLabel>("pictureNoticeText")->text().contains("functions"));
    QVERIFY(!open.find<QWidget>("sendButton")->isEnabled());
    chat.setTools({}, engine::ToolPlace::systemPrompt);
    QVERIFY(!open.find<QWidget>("pictureNotice")->isVisible());
    QVERIFY(open.find<QWidget>("sendButton")->isEnabled());
}

void TestChatPictures::modelsThatCannotSeeDoNotAnswerAgain() {
    uitest::OpenWindow open(visionSettings());
    auto& chat = open.workbench().chat();
    chat.tray().addFiles({image("wide")});
    QTRY_VERIFY(areRead(open, 1));
    sentBy(open, [&] { open.click("sendButton"); });
    const auto answer = chat.messages()->message(1).row.content;
    QSignalSpy asked(&chat, &ChatController::runRequested);

    // Another model, of which nothing is known yet; then the same one, of which it is.
    auto* notice = open.find<QWidget>("pictureNotice");
    for (const bool known : {false, true}) {
        known ? chat.regenerate() : chat.regenerateAt(1, QStringLiteral("demo:bf16"));
        QTRY_VERIFY(notice->isVisible());
        const auto text = open.find<QLabel>("pictureNoticeText")->text();
        QVERIFY2(text.startsWith(chat.whyNoPictures()) && text.contains("cannot see"), qPrintable(text));
        QCOMPARE(chat.messages()->count(), 2);
        QCOMPARE(chat.messages()->message(1).row.content, answer);
        QVERIFY(isIdle(open) && asked.isEmpty());
    }
    // One that sees answers beside what is there, though its files are read first.
    const auto sent = sentBy(open, [&] {
        chat.regenerateAt(1, QString::fromStdString(testsupport::dataPath("golden/vision/hf").string()));
    });
    QCOMPARE(sent.pictures.back().size(), std::size_t{1});
    QVERIFY(!notice->isVisible());
    QVERIFY2(chat.messages()->message(1).row.status == "complete", answer.c_str());
}

void TestChatPictures::clickShowsLarger() {
    uitest::OpenWindow open(visionSettings());
    open.workbench().chat().tray().addFiles({image("wide")});
    QTRY_VERIFY(areRead(open, 1));
    auto* chip = open.find<QWidget>("pictureChip0");
    chip->setFocus();
    QTest::keyClick(chip, Qt::Key_Return);
    ui::PictureDialog* dialog = nullptr;
    QTRY_VERIFY((dialog = open.window().findChild<ui::PictureDialog*>()) != nullptr);
    auto* view = dialog->findChild<QLabel*>("pictureView");
    QTRY_VERIFY(!view->pixmap().isNull());
    QCOMPARE((QSizeF(view->pixmap().size()) / view->pixmap().devicePixelRatio()).toSize(),
             QImage(image("wide")).size());
    dialog->findChild<QPushButton*>("pictureClose")->click();
    QTRY_VERIFY(open.window().findChild<ui::PictureDialog*>() == nullptr);
}

QTEST_MAIN(TestChatPictures)
#include "tst_chat_pictures.moc"
