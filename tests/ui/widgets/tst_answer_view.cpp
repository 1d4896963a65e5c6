#include <QBuffer>
#include <QLabel>
#include <QScrollBar>
#include <QTextBlock>
#include "tests/ui/open_window.h"

#include "ui/theme.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/message_view.h"

using ui::AnswerView;

/// What a model wrote is data: nothing in it is loaded, opened or run, and HTML stays text or goes.
class TestAnswerView : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void textIsShownAsItIs_data() { hostileTexts(); }
    void textIsShownAsItIs();
    void markdownLoadsNothing_data() { hostileTexts(); }
    void markdownLoadsNothing();
    void resourcesAreRefused_data();
    void resourcesAreRefused();
    void linksAreNotOpened();
    void markdownIsShown();
    void growingTextIsAppended();
    void endlessLineBecomesBlocks();
    void growsWithItsText();
    void bubbleIsPlainText_data() { hostileTexts(); }
    void bubbleIsPlainText();

private:
    static void hostileTexts();
    const QTemporaryDir folder_;
};

namespace {

const QColor kRed(255, 0, 0);

QByteArray redPicture() {
    QImage picture(40, 40, QImage::Format_RGB32);
    picture.fill(kRed);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    picture.save(&buffer, "PNG");
    return bytes;
}

}  // namespace

void TestAnswerView::hostileTexts() {
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const QString& text) { QTest::newRow(name) << text; };
    row("image tag of a file", R"(A <img src="file:///etc/passwd"> B)");
    row("image tag of the network", R"(A <img src="http://127.0.0.1:1/x"> B)");
    row("markdown image of a file", "A ![](file:///etc/passwd) B");
    row("markdown image of the network", "A ![](http://127.0.0.1:1/x) B");
    row("markdown image with words", "A ![words](file:///etc/passwd) B");
    row("markdown image by reference", "A ![x][y] B\n\n[y]: file:///etc/passwd");
    row("markdown image of data", "A ![](data:image/png;base64,iVBORw0KGgo=) B");
    row("bold tag", "A <b>bold</b> B");
    row("heading tag", "<h1>A</h1> B");
    row("table tag", "<table><tr><td>A</td></tr></table> B");
    row("script", "A <script>alert(1)</script> B");
    row("style", R"(A <span style="font-size:90px">big</span> B)");
    row("link tag", R"(A <a href="file:///etc/passwd">x</a> B)");
    row("html document", "<!DOCTYPE html><html><body>A B</body></html>");
    row("entities", "A &lt;b&gt; &amp; B");
}

void TestAnswerView::textIsShownAsItIs() {
    QFETCH(QString, text);
    AnswerView view;
    view.resize(400, 200);
    view.show();
    view.showText(text);
    QCOMPARE(view.toPlainText(), text);
    view.grab();
}

void TestAnswerView::markdownLoadsNothing() {
    QFETCH(QString, text);
    AnswerView view;
    view.resize(400, 200);
    view.show();
    view.showMarkdown(text);
    view.grab();  // painting is what asks for pictures
    QVERIFY(!view.toPlainText().contains("root:"));
    QVERIFY2(view.toPlainText().contains('A') && view.toPlainText().contains('B'),
             qPrintable(view.toPlainText()));
    for (auto block = view.document()->begin(); block.isValid(); block = block.next()) {
        QVERIFY2(block.textList() == nullptr && block.blockFormat().headingLevel() == 0,
                 "a tag became a block");
        for (auto at = block.begin(); !at.atEnd(); ++at) {
            const auto format = at.fragment().charFormat();
            QVERIFY2(format.fontWeight() <= QFont::Normal, "a tag became bold");
            QVERIFY2(format.fontPointSize() < 40 && format.font().pixelSize() < 40, "a tag changed the size");
        }
    }
    QCOMPARE(view.document()->rootFrame()->childFrames().size(), 0);  // no table
}

void TestAnswerView::resourcesAreRefused_data() {
    QTest::addColumn<QUrl>("url");
    const QByteArray png = redPicture();
    QFile file(folder_.filePath("red.png"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(png);
    QTest::newRow("file") << QUrl::fromLocalFile(file.fileName());
    QTest::newRow("path") << QUrl(file.fileName());
    QTest::newRow("text file") << QUrl("file:///etc/passwd");
    QTest::newRow("data") << QUrl("data:image/png;base64," + png.toBase64());
    QTest::newRow("resource") << QUrl("qrc:/icons/app.svg");
    QTest::newRow("network") << QUrl("http://127.0.0.1:1/x");
}

void TestAnswerView::resourcesAreRefused() {
    QFETCH(QUrl, url);
    AnswerView view;
    view.resize(400, 200);
    view.show();
    view.showMarkdown(QString("A ![picture](%1) B").arg(url.toString(QUrl::FullyEncoded)));
    const QImage painted = view.grab().toImage().convertToFormat(QImage::Format_RGB32);
    for (int y = 0; y < painted.height(); ++y)
        for (int x = 0; x < painted.width(); ++x)
            QVERIFY2(painted.pixelColor(x, y) != kRed, "the picture was painted");
    // The document itself opens local files and decodes data URLs when its widget gives it nothing.
    const auto picture = view.document()->resource(QTextDocument::ImageResource, url);
    QVERIFY(picture.canConvert<QImage>() && picture.value<QImage>().size() == QSize(1, 1));
    for (const auto type :
         {QTextDocument::HtmlResource, QTextDocument::StyleSheetResource, QTextDocument::MarkdownResource}) {
        AnswerView other;  // a document keeps what it was given
        QVERIFY(other.document()->resource(type, url).toByteArray().isEmpty());
    }
}

void TestAnswerView::linksAreNotOpened() {
    AnswerView view;
    view.resize(400, 100);
    view.showMarkdown("[elsewhere](file:///etc/passwd)");
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(!view.openLinks() && !view.openExternalLinks());
    QSignalSpy clicked(&view, &QTextBrowser::anchorClicked);
    QSignalSpy moved(&view, &QTextBrowser::sourceChanged);
    for (int x = 2; x < 60; x += 4)
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, {x, 8});
    QCOMPARE(clicked.count(), 0);
    QCOMPARE(moved.count(), 0);
    QCOMPARE(view.toPlainText(), QString("elsewhere"));
}

void TestAnswerView::markdownIsShown() {
    AnswerView view;
    view.showMarkdown("**bold** and `code`\n\n- one\n- two");
    QCOMPARE(view.toPlainText(), QString("bold and code\none\ntwo"));
    const auto first = view.document()->begin().begin().fragment();
    QCOMPARE(first.text(), QString("bold"));
    QVERIFY(first.charFormat().fontWeight() > QFont::Normal);
    QVERIFY(view.document()->lastBlock().textList() != nullptr);
}

void TestAnswerView::growingTextIsAppended() {
    AnswerView view;
    view.resize(200, 60);
    view.show();
    QString text;
    for (int line = 0; line < 40; ++line) {
        text += QString("line <b>%1</b>\n").arg(line);
        view.showText(text);
        QCOMPARE(view.toPlainText(), text);
    }
    auto* bar = view.verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    QCOMPARE(bar->value(), bar->maximum());  // follows the end
    bar->setValue(0);
    view.showText(text + "more");
    QCOMPARE(bar->value(), 0);  // but not away from what is being read
    view.showText("other");
    QCOMPARE(view.toPlainText(), QString("other"));
    view.showText({});
    QVERIFY(view.toPlainText().isEmpty());
}

void TestAnswerView::endlessLineBecomesBlocks() {
    ui::AnswerView view;
    QString text;
    for (int part = 0; part < 40; ++part) {
        text += QString("word ").repeated(50);
        view.showText(text);
    }
    QVERIFY(view.document()->blockCount() > 1);
    for (auto block = view.document()->begin(); block.isValid(); block = block.next())
        QVERIFY2(block.length() <= 2002, qPrintable(QString::number(block.length())));
    QCOMPARE(view.toPlainText().remove(u'\n'), text);
    view.showText(QString(5000, u'!'));  // no space to break at
    QCOMPARE(view.toPlainText().remove(u'\n'), QString(5000, u'!'));
    view.showText("a\n\nb\n");
    QCOMPARE(view.toPlainText(), QString("a\n\nb\n"));
}

void TestAnswerView::growsWithItsText() {
    AnswerView view;
    view.setGrows(true);
    view.resize(300, 24);
    view.show();
    view.showText("one line");
    const int one = view.height();
    view.showText(QString("one line\n").repeated(10));
    QVERIFY(view.height() > 5 * one);
    QCOMPARE(view.verticalScrollBar()->maximum(), 0);
}

void TestAnswerView::bubbleIsPlainText() {
    QFETCH(QString, text);
    ui::ChatMessage message;
    message.row.role = engine::Role::user;
    message.text = text;
    ui::MessageView view(message);
    view.show(message, true, {});
    const auto* bubble = view.findChild<QLabel*>("bubble");
    QCOMPARE(bubble->text(), text);
    QCOMPARE(bubble->textFormat(), Qt::PlainText);
}

QTEST_MAIN(TestAnswerView)
#include "tst_answer_view.moc"
