#include <QClipboard>
#include <QGuiApplication>
#include <QImage>
#include <QPlainTextEdit>
#include <QScreen>

#include "tests/support/fixtures.h"
#include "tests/ui/open_window.h"
#include "ui/widgets/picture_thumb.h"

using ui::ChatController;

/// A conversation with two pictures on a real X server: pasted through its clipboard, dropped files, answers,
/// and what the server draws.
class TestChatX11 : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void twoPicturesAreTalkedAbout();
};

namespace {

constexpr int kPatience = 60'000;

QString golden(const char* path) {
    return QString::fromStdString(testsupport::dataPath(std::string("golden/vision/") + path).string());
}

ui::Settings visionSettings() {
    ui::Settings settings;
    settings.page = "chat";
    settings.chatModel = {golden("meta")};
    settings.chat = {.temperature = 0.0, .maxTokens = 4};
    settings.systemPrompt.clear();
    return settings;
}

/// What the X server shows of a widget.
QImage drawn(uitest::OpenWindow& open, const QWidget& widget) {
    auto& window = open.window();
    const auto shot = window.screen()->grabWindow(window.winId()).toImage();
    const auto scale = shot.devicePixelRatio();
    const QRect at(widget.mapTo(&window, QPoint()) * scale, widget.size() * scale);
    return shot.copy(at).convertToFormat(QImage::Format_RGB32);
}

/// The share of the pixels around a widget's middle that are as its icon has them there.
double sharedWith(const QImage& shown, const QImage& icon) {
    const QPoint from((shown.width() - icon.width()) / 2, (shown.height() - icon.height()) / 2);
    int same = 0;
    int all = 0;
    for (int y = icon.height() / 4; y < icon.height() * 3 / 4; ++y)
        for (int x = icon.width() / 4; x < icon.width() * 3 / 4; ++x, ++all) {
            const QColor a = shown.pixelColor(from.x() + x, from.y() + y);
            const QColor b = icon.pixelColor(x, y);
            same += std::abs(a.red() - b.red()) < 12 && std::abs(a.green() - b.green()) < 12 &&
                    std::abs(a.blue() - b.blue()) < 12;
        }
    return all == 0 ? 0.0 : static_cast<double>(same) / all;
}

QList<ui::PictureThumb*> thumbs(uitest::OpenWindow& open) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    return open.window().findChildren<ui::PictureThumb*>();
}

bool areShown(uitest::OpenWindow& open) {
    for (auto* thumb : thumbs(open)) {
        const auto icon = thumb->icon().pixmap(thumb->iconSize()).toImage();
        if (icon.isNull() ||
            sharedWith(drawn(open, *thumb), icon.convertToFormat(QImage::Format_RGB32)) < 0.9)
            return false;
    }
    return true;
}

}  // namespace

void TestChatX11::initTestCase() {
    if (QGuiApplication::platformName() != "xcb")
        QSKIP("needs an X server: install xvfb, or run it with QT_QPA_PLATFORM=xcb on one");
    uitest::failOnWarning();
}

void TestChatX11::twoPicturesAreTalkedAbout() {
    uitest::OpenWindow open(visionSettings());
    QVERIFY(QTest::qWaitForWindowExposed(&open.window()));
    auto& chat = open.workbench().chat();
    auto* prompt = open.find<QPlainTextEdit>("chatPrompt");
    const auto answered = [&] {
        return QTest::qWaitFor([&] { return chat.state() == ChatController::State::idle; }, kPatience) &&
               chat.messages()->message(chat.messages()->count() - 1).row.status == "complete";
    };

    QGuiApplication::clipboard()->setImage(QImage(golden("images/wide.png")));
    prompt->setFocus();
    QTest::keyClick(prompt, Qt::Key_V, Qt::ControlModifier);
    QTRY_VERIFY(chat.tray().items().size() == 1 && !chat.tray().isReading());
    QTest::keyClicks(prompt, "What is this?");
    open.click("sendButton");
    QVERIFY(answered());

    chat.tray().addFiles({golden("images/tall.png")});
    QTRY_VERIFY(chat.tray().items().size() == 1 && !chat.tray().isReading());
    QTest::keyClicks(prompt, "And this one?");
    QSignalSpy asked(&chat, &ChatController::runRequested);
    QTest::keyClick(prompt, Qt::Key_Return);
    QVERIFY(answered());
    const auto request = asked.front()[1].value<ui::ChatRequest>();
    std::size_t pictures = 0;
    for (const auto& message : request.pictures)
        pictures += message.size();
    QCOMPARE(pictures, std::size_t{2});
    QCOMPARE(chat.messages()->count(), 4);

    QCOMPARE(thumbs(open).size(), 2);
    QTRY_VERIFY(areShown(open));
    const auto id = chat.conversationId();
    open.reopen(visionSettings());
    QVERIFY(QTest::qWaitForWindowExposed(&open.window()));
    QTRY_COMPARE(open.workbench().chat().conversations()->conversationCount(), 1);
    open.workbench().chat().openConversation(id);
    QTRY_COMPARE(thumbs(open).size(), 2);
    QTRY_VERIFY(areShown(open));
}

QTEST_MAIN(TestChatX11)
#include "tst_chat_x11.moc"
