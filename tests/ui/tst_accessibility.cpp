#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QButtonGroup>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTextEdit>
#include <QToolButton>

#include "tests/engine/benchmark/sample_measurement.h"
#include "tests/engine/report/sample_report.h"
#include "tests/ui/open_window.h"
#include "tests/ui/translated_texts.h"
#include "ui/translation.h"
#include "ui/widgets/elided_label.h"

/// Every page and section, empty and full, at the usual and the smallest size, in English and in German: what
/// can be used has a name, and nothing is cut off.
class TestAccessibility : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { uitest::failOnWarning(); }
    void everyControlHasANameOfItsOwn_data() { pages(); }
    void everyControlHasANameOfItsOwn();
    void nothingIsCutOff_data() { pages(); }
    void nothingIsCutOff();
    void tabReachesEveryControl_data() { pages(); }
    void tabReachesEveryControl();
    void germanIsGerman_data() { pages(); }
    void germanIsGerman();
    void dialogsFit_data();
    void dialogsFit();

private:
    static void pages();
    /// The page at its size, with what the row wants it to hold.
    uitest::OpenWindow& show();

    void openWindows(const QString& language);

    QString language_;
    std::unique_ptr<uitest::OpenWindow> empty_;
    std::unique_ptr<uitest::OpenWindow> full_;
};

namespace {

constexpr QSize kUsual(1280, 800);
constexpr QSize kToolButtonSlack(
    3, 3);  // what the Fusion style adds to a tool button beyond its style sheet's box

/// Whether a person can use the widget; parts that Qt makes inside its own widgets are the outer widget's
/// business.
bool isControl(const QWidget* widget) {
    const bool kind =
        qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QLineEdit*>(widget) ||
        qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QTextEdit*>(widget) ||
        qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QAbstractItemView*>(widget);
    const auto* parent = widget->parentWidget();
    const bool inner =
        qobject_cast<const QHeaderView*>(widget) || qobject_cast<const QAbstractSpinBox*>(parent) ||
        qobject_cast<const QLineEdit*>(parent) || qobject_cast<const QAbstractItemView*>(parent);
    return kind && !inner;
}

QList<QWidget*> controls(const QWidget& window) {
    QList<QWidget*> found;
    for (auto* widget : window.findChildren<QWidget*>())
        if (widget->isVisible() && isControl(widget))
            found << widget;
    return found;
}

const QButtonGroup* groupOf(const QWidget* widget) {
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    return button != nullptr ? button->group() : nullptr;
}

QString textOf(const QWidget* widget) {
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        return button->text();
    const auto* label = qobject_cast<const QLabel*>(widget);
    return label != nullptr ? label->text() : QString();
}

QString describe(const QWidget* widget) {
    return QString("%1 \"%2\" (%3) is %4x%5, wants %6x%7")
        .arg(widget->metaObject()->className(), widget->objectName(), textOf(widget))
        .arg(widget->width())
        .arg(widget->height())
        .arg(widget->sizeHint().width())
        .arg(widget->sizeHint().height());
}

/// What scrolls may reach over its frame.
bool scrolls(const QWidget* widget) {
    for (const auto* at = widget->parentWidget(); at != nullptr; at = at->parentWidget())
        if (qobject_cast<const QAbstractScrollArea*>(at) != nullptr)
            return true;
    return false;
}

bool fits(const QWidget* widget) {
    if (qobject_cast<const ui::ElidedLabel*>(widget) != nullptr)
        return true;  // ends in "…" and has the whole text as its tip
    const auto* label = qobject_cast<const QLabel*>(widget);
    if (label != nullptr && label->wordWrap())
        return label->heightForWidth(label->width()) <= label->height();
    QSize wanted = widget->sizeHint();
    if (qobject_cast<const QToolButton*>(widget) != nullptr)
        wanted -= kToolButtonSlack;
    return wanted.width() <= widget->width() && wanted.height() <= widget->height();
}

void fillDatabase(engine::Store& store) {
    engine::ConversationRow conversation;
    conversation.title = "A conversation with quite a long title that does not fit in its pane";
    conversation.model = "demo:qat-lora";
    conversation.updatedAt = conversation.createdAt = engine::utcNow();
    engine::MessageRow message;
    message.conversationId = *store.addConversation(conversation);
    for (const auto& [role, text] :
         {std::pair(engine::Role::user, std::string("A question")),
          std::pair(engine::Role::assistant, std::string("An answer.\n\n- one\n- two"))}) {
        message.role = role;
        message.content = text;
        message.status = "complete";
        message.createdAt = engine::utcNow();
        message.metrics = R"({"ttft_ms":1234.5,"decode_tokens_per_s":31.4,"generated_tokens":184})";
        message.parentId = store.addMessage(message).value();
    }
    auto report = reporttest::sampleReport("compare");
    for (auto& lane : report.lanes)
        lane.lane.runId = 1;
    QVERIFY(store.addRun(report.run).has_value());
    for (auto& lane : report.lanes) {
        const auto id = store.addLane(lane.lane);
        for (auto& sample : lane.samples)
            sample.laneId = *id;
        QVERIFY(store.addSamples(lane.samples).has_value());
    }
}

}  // namespace

void TestAccessibility::initTestCase() {
    uitest::failOnWarning();
    openWindows("en");
}

/// Rows are sorted by language, so that this happens once for each.
void TestAccessibility::openWindows(const QString& language) {
    language_ = language;
    empty_.reset();
    full_.reset();
    ui::Settings nothing;
    nothing.lanes = {};
    empty_ = std::make_unique<uitest::OpenWindow>(nothing);
    ui::installTranslation(language);  // a first window installs the system's
    empty_->reopen(nothing);
    full_ = std::make_unique<uitest::OpenWindow>();
    fillDatabase(*full_->store());
    ui::Settings measured;
    measured.kernelMeasurement =
        QString::fromStdString(engine::kernelMeasurementJson(benchmarktest::sampleMeasurement()));
    full_->reopen(measured);
    auto& compare = full_->workbench().compare();
    compare.setPrompt("What is 13 plus 1?");
    compare.start();
    QTRY_VERIFY_WITH_TIMEOUT(compare.state() == ui::CompareController::State::idle, 60'000);
    QTRY_COMPARE(full_->workbench().results().table()->runCount(), 2);
    full_->workbench().chat().openConversation(1);
    QTRY_COMPARE(full_->workbench().chat().messages()->count(), 2);
    full_->find<QTableView>("runTable")->selectRow(0);
}

void TestAccessibility::pages() {
    QTest::addColumn<QString>("page");
    QTest::addColumn<bool>("full");
    QTest::addColumn<bool>("smallest");
    QTest::addColumn<QString>("language");
    for (const char* language : {"en", "de"})
        for (const char* page : {"chat", "compare", "benchmark", "results", "models", "system/machine",
                                 "system/kernels", "system/roofline", "system/storage"})
            for (const bool full : {false, true})
                for (const bool smallest : {false, true})
                    QTest::addRow("%s %s %s %s", language, page, full ? "full" : "empty",
                                  smallest ? "smallest" : "usual")
                        << page << full << smallest << language;
}

uitest::OpenWindow& TestAccessibility::show() {
    QFETCH(QString, page);
    QFETCH(bool, full);
    QFETCH(bool, smallest);
    QFETCH(QString, language);
    if (language != language_)
        openWindows(language);
    auto& open = full ? *full_ : *empty_;
    open.window().openPage(page);
    open.window().resize(smallest ? open.window().minimumSize() : kUsual);
    open.window().activateWindow();
    if (!QTest::qWaitForWindowActive(&open.window()))
        qWarning("the window is not active");
    QCoreApplication::sendPostedEvents();  // layouts
    return open;
}

void TestAccessibility::everyControlHasANameOfItsOwn() {
    auto& open = show();
    QStringList names;
    QStringList nameless;
    for (const auto* widget : controls(open.window())) {
        const bool said = !widget->accessibleName().isEmpty() || !textOf(widget).isEmpty();
        if (widget->objectName().isEmpty() || !said)
            nameless << describe(widget);
        names << widget->objectName();
    }
    QVERIFY2(names.size() >= 6, "the walk found next to nothing");
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join('\n')));
    QStringList twice;
    for (const auto& name : names)
        if (names.count(name) > 1 && !twice.contains(name))
            twice << name;
    QVERIFY2(twice.isEmpty(), qPrintable(twice.join('\n')));
}

void TestAccessibility::nothingIsCutOff() {
    auto& open = show();
    QFETCH(bool, smallest);
    QCOMPARE(open.window().size(), smallest ? open.window().minimumSize() : kUsual);
    QStringList cut;
    int looked = 0;
    for (const auto* widget : open.window().findChildren<QWidget*>()) {
        const bool hasText =
            qobject_cast<const QLabel*>(widget) || qobject_cast<const QAbstractButton*>(widget);
        if (!hasText || !widget->isVisible() || textOf(widget).isEmpty())
            continue;
        ++looked;
        const QRect place(widget->mapTo(&open.window(), QPoint()), widget->size());
        if (!fits(widget))
            cut << describe(widget);
        else if (!scrolls(widget) && !open.window().rect().contains(place))
            cut << describe(widget) + " outside the window";
    }
    QVERIFY2(looked >= 10, "the walk found next to nothing");
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join('\n')));
}

void TestAccessibility::tabReachesEveryControl() {
    auto& open = show();
    auto wanted = controls(open.window());
    wanted.removeIf([](const QWidget* widget) {
        return !widget->isEnabled() || !(widget->focusPolicy() & Qt::TabFocus);
    });
    QVERIFY(wanted.size() >= 3);
    const auto steps = open.window().findChildren<QWidget*>().size();
    for (qsizetype step = 0; step < steps && !wanted.isEmpty(); ++step) {
        QTest::keyClick(open.window().focusWidget(), Qt::Key_Tab);
        auto* reached = open.window().focusWidget();
        wanted.removeAll(reached);
        if (groupOf(reached) != nullptr)  // Tab goes to one button of a group and the arrows to the others
            wanted.removeIf([&](const QWidget* widget) { return groupOf(widget) == groupOf(reached); });
    }
    QStringList unreached;
    for (const auto* widget : wanted)
        unreached << describe(widget);
    QVERIFY2(wanted.isEmpty(), qPrintable(unreached.join('\n')));
}

void TestAccessibility::germanIsGerman() {
    QFETCH(QString, language);
    if (language != "de")
        return;
    auto& open = show();
    static const auto german = uitest::translatedTexts("de");
    QStringList english;
    int looked = 0;
    for (auto* widget : open.window().findChildren<QWidget*>()) {
        if (!widget->isVisible())
            continue;
        for (const QString& text : {textOf(widget), widget->toolTip(), widget->accessibleName()}) {
            looked += text.isEmpty() ? 0 : 1;
            if (german.contains(text) && !german.value(text).contains(text))
                english << describe(widget) + ": " + text;
        }
    }
    QVERIFY(looked > 20);
    QVERIFY2(english.isEmpty(), qPrintable(english.join('\n')));
}

void TestAccessibility::dialogsFit_data() {
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("dialog");
    for (const char* language : {"en", "de"})
        for (const char* dialog : {"helpDialog", "settingsDialog", "commandPalette", "firstRunDialog"})
            QTest::addRow("%s %s", language, dialog) << language << dialog;
}

void TestAccessibility::dialogsFit() {
    QFETCH(QString, language);
    QFETCH(QString, dialog);
    if (language != language_)
        openWindows(language);
    auto& window = empty_->window();
    window.activateWindow();  // as a window manager does when a dialog has closed
    QVERIFY(QTest::qWaitForWindowActive(&window));
    if (dialog == "firstRunDialog")
        window.openFirstSteps();
    else if (dialog == "helpDialog")
        QTest::keyClick(&window, Qt::Key_F1);
    else if (dialog == "settingsDialog")
        QTest::keyClick(&window, Qt::Key_Comma, Qt::ControlModifier);
    else
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
    auto* open = window.findChild<QDialog*>(dialog);
    QVERIFY(open != nullptr);
    QVERIFY(QTest::qWaitForWindowExposed(open));
    QStringList wrong;
    for (const auto* widget : open->findChildren<QWidget*>()) {
        if (!widget->isVisible())
            continue;
        const bool hasText =
            qobject_cast<const QLabel*>(widget) || qobject_cast<const QAbstractButton*>(widget);
        if (hasText && !textOf(widget).isEmpty() && !fits(widget))
            wrong << describe(widget);
        if (isControl(widget) && (widget->objectName().isEmpty() ||
                                  (widget->accessibleName().isEmpty() && textOf(widget).isEmpty())))
            wrong << describe(widget) + " has no name";
    }
    open->close();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
