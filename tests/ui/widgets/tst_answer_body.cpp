#include <QClipboard>
#include <QLayout>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QPainter>
#include <QTextEdit>

#include "tests/ui/example_chats.h"
#include "tests/ui/open_window.h"
#include "ui/widgets/answer_body.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/code_block.h"
#include "ui/widgets/marked_text.h"
#include "ui/widgets/message_view.h"

/// Markdown that is laid out while it arrives, its code and its links; hits in the list of chats.
class TestAnswerBody : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void frozenBlocksDoNotChange();
    void growingEndsAsIfShownAtOnce();
    void chunksBetweenTicksAreLaidOutOnce();
    void codeIsCopied();
    void longCodeScrollsInItsBlock();
    void linksAreAskedFor_data();
    void linksAreAskedFor();
    void hitsAreMarked_data();
    void hitsAreMarked();
    void hitsAreSeenWhereTheTextIsCut();
};

namespace {

/// The texts that are shown, from the top: one of each part.
QStringList shownParts(const ui::AnswerBody& body) {
    QStringList parts;
    for (int at = 0; at < body.layout()->count(); ++at) {
        QWidget* widget = body.layout()->itemAt(at)->widget();
        if (const auto* text = qobject_cast<ui::AnswerView*>(widget))
            parts << text->toPlainText();
        else
            parts << "code: " + static_cast<const QWidget*>(widget)->findChild<QTextEdit*>()->toPlainText();
    }
    return parts;
}

QString longAnswer() {
    return QString::fromStdString(uitest::markdownAnswer());
}

}  // namespace

void TestAnswerBody::frozenBlocksDoNotChange() {
    ui::AnswerBody body;
    body.resize(600, 800);
    const QString whole = longAnswer();
    int frozen = 0;
    QVector<QPointer<QWidget>> kept;
    QStringList before;
    for (int length = 40; length < whole.size(); length += 40) {
        body.showGrowing(whole.left(length));
        QTRY_VERIFY(!shownParts(body).isEmpty());
        QTest::qWait(110);  // the next tick
        const auto shown = shownParts(body);
        QVERIFY(body.frozenParts() >= frozen);
        frozen = body.frozenParts();
        for (int at = 0; at < before.size(); ++at)
            QCOMPARE(shown.value(at), before[at]);
        before = shown.mid(0, std::max(0, frozen - 1));  // the last frozen text may still get company
        for (const auto& widget : kept)
            QVERIFY2(!widget.isNull(), "a frozen part was made anew");
        kept.clear();
        for (int at = 0; at < frozen; ++at)
            kept << body.layout()->itemAt(at)->widget();
    }
    QVERIFY(frozen > 3);
}

void TestAnswerBody::growingEndsAsIfShownAtOnce() {
    ui::AnswerBody grown;
    ui::AnswerBody atOnce;
    const QString whole = longAnswer();
    for (int length = 1; length < whole.size(); length += 97) {
        grown.showGrowing(whole.left(length));
        QTest::qWait(101);
    }
    grown.showFinished(whole);
    atOnce.showFinished(whole);
    QTRY_COMPARE(shownParts(grown), shownParts(atOnce));
    const auto parts = shownParts(atOnce);
    QVERIFY(parts.filter("code: SELECT variant").size() == 1);
    QVERIFY(parts.filter("code: def median").size() == 1);
    for (const char* words : {"In numbers", "adapters kept", "Everything else would be a guess."})
        QVERIFY2(!parts.filter(words).isEmpty(), words);
}

void TestAnswerBody::chunksBetweenTicksAreLaidOutOnce() {
    ui::AnswerBody body;
    body.showGrowing("a");
    QString text = "a";
    for (int i = 0; i < 500; ++i) {  // no event loop: no tick
        text += " b";
        body.showGrowing(text);
    }
    QCOMPARE(shownParts(body), QStringList{"a"});
    QTRY_COMPARE(shownParts(body), QStringList{text});
}

void TestAnswerBody::codeIsCopied() {
    ui::AnswerBody body;
    body.showFinished("Text\n\n```cpp\nint main() {\n    return 0;\n}\n```\n\nmore\n\n```\nplain\n```\n");
    body.show();
    const auto blocks = body.findChildren<ui::CodeBlock*>();
    QCOMPARE(blocks.size(), 2);
    const char* const wanted[] = {"int main() {\n    return 0;\n}", "plain"};
    for (int at = 0; at < 2; ++at) {
        QGuiApplication::clipboard()->clear();
        auto* button = blocks[at]->findChild<QPushButton*>();
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text().trimmed(), QString(wanted[at]));
        QCOMPARE(button->text(), QString("Copied"));
    }
}

void TestAnswerBody::longCodeScrollsInItsBlock() {
    ui::AnswerBody body;
    body.resize(300, 200);
    body.showFinished("```\n" + QString("x").repeated(400) + "\n```");
    body.show();
    QVERIFY(QTest::qWaitForWindowExposed(&body));
    QCOMPARE(body.width(), 300);
    auto* text = body.findChild<ui::CodeBlock*>()->findChild<QTextEdit*>();
    QTRY_VERIFY(text->horizontalScrollBar()->maximum() > 0);
    QCOMPARE(text->verticalScrollBar()->maximum(), 0);
}

void TestAnswerBody::linksAreAskedFor_data() {
    QTest::addColumn<bool>("copies");
    QTest::newRow("cancelled") << false;
    QTest::newRow("copied") << true;
}

void TestAnswerBody::linksAreAskedFor() {
    QFETCH(bool, copies);
    ui::ChatMessage message;
    message.row.role = engine::Role::assistant;
    message.row.status = "complete";
    message.text = "[words](https://example.org/a?b=c)";
    ui::MessageView view(message);
    view.show(message, true, {});
    view.resize(500, 200);
    static_cast<QWidget&>(view).show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QGuiApplication::clipboard()->setText("before");
    QString asked;
    uitest::whenOpen<QMessageBox>([&](QMessageBox* box) {
        asked = box->informativeText();
        for (auto* button : box->buttons())
            if (box->buttonRole(button) == (copies ? QMessageBox::ActionRole : QMessageBox::RejectRole))
                return button->click();
    });
    auto* text = view.findChild<ui::AnswerView*>("answerText");
    QTextCursor cursor(text->document());
    cursor.setPosition(2);
    QTest::mouseClick(text->viewport(), Qt::LeftButton, {}, text->cursorRect(cursor).center());
    QTRY_COMPARE(asked, QString("https://example.org/a?b=c"));
    QCOMPARE(QGuiApplication::clipboard()->text(), copies ? asked : QString("before"));
}

void TestAnswerBody::hitsAreMarked_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("marked");
    QTest::newRow("nothing wanted") << "Apple"
                                    << ""
                                    << "Apple";
    QTest::newRow("other case") << "Apple pie"
                                << "aPP"
                                << "[App]le pie";
    QTest::newRow("twice") << "a b a"
                           << "a"
                           << "[a] b [a]";
    QTest::newRow("touching") << "aaa"
                              << "aa"
                              << "[aa]a";
    QTest::newRow("no pattern") << "a.b"
                                << "."
                                << "a[.]b";
    QTest::newRow("absent") << "Apple"
                            << "z"
                            << "Apple";
}

void TestAnswerBody::hitsAreMarked() {
    QFETCH(QString, text);
    QFETCH(QString, wanted);
    QFETCH(QString, marked);
    const QString got = ui::markHits(text, wanted);
    QCOMPARE(ui::withoutMarks(got), text);
    QCOMPARE(QString(got).replace(QChar(2), '[').replace(QChar(3), ']'), marked);
}

void TestAnswerBody::hitsAreSeenWhereTheTextIsCut() {
    const auto accent = ui::Theme::instance().tokens().accent;
    const auto hasAccent = [&](const QString& text) {
        QImage image(160, 20, QImage::Format_RGB32);
        image.fill(ui::Theme::instance().tokens().panel);
        QPainter painter(&image);
        painter.setPen(ui::Theme::instance().tokens().text);
        ui::drawMarked(painter, image.rect(), text);
        painter.end();
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (image.pixelColor(x, y) == accent)
                    return true;
        return false;
    };
    const QString words = QString("many words ").repeated(20);
    QVERIFY(!hasAccent(words));
    QVERIFY(hasAccent(ui::markHits("lllll" + words, "lllll")));
    QVERIFY(hasAccent(ui::markHits(words + "lllll" + words, "lllll")));
    QVERIFY(hasAccent(ui::markHits(words + "lllll", "lllll")));
}

QTEST_MAIN(TestAnswerBody)
#include "tst_answer_body.moc"
