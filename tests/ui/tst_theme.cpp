#include <QRegularExpression>
#include <QStackedWidget>

#include "tests/ui/open_window.h"
#include "ui/theme.h"

/// Light and dark: palette, style sheet and what the window is painted with.
class TestTheme : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void modesHaveNames_data();
    void modesHaveNames();
    void everyTokenHasAColour_data();
    void everyTokenHasAColour();
    void textIsReadable_data() { everyTokenHasAColour_data(); }
    void textIsReadable();
    void variantsKeepTheirColours();
    void toggles_data();
    void toggles();
    void everyPagePaintsInBoth_data();
    void everyPagePaintsInBoth();
};

namespace {

/// Contrast of two colours, 1 to 21 (WCAG 2.1).
double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& c) {
        const auto linear = [](double v) {
            return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
    };
    const double one = luminance(a) + 0.05;
    const double other = luminance(b) + 0.05;
    return std::max(one, other) / std::min(one, other);
}

bool isDark() {
    return ui::Theme::instance().tokens().dark;
}

}  // namespace

void TestTheme::modesHaveNames_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("read");
    for (const char* name : {"light", "dark", "system"})
        QTest::addRow("%s", name) << name << name;
    QTest::newRow("nonsense") << "purple"
                              << "system";
}

void TestTheme::modesHaveNames() {
    QFETCH(QString, name);
    QTEST(ui::themeModeName(ui::themeModeFromName(name)), "read");
}

void TestTheme::everyTokenHasAColour_data() {
    QTest::addColumn<QString>("mode");
    QTest::newRow("light") << "light";
    QTest::newRow("dark") << "dark";
}

void TestTheme::everyTokenHasAColour() {
    QFETCH(QString, mode);
    auto& theme = ui::Theme::instance();
    QSignalSpy changed(&theme, &ui::Theme::changed);
    theme.apply(ui::themeModeFromName(mode));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(isDark(), mode == "dark");
    const auto& t = theme.tokens();
    QVERIFY(qApp->styleSheet().contains(t.background.name()));
    QVERIFY2(!qApp->styleSheet().contains('@'), "a token of the style sheet has no colour");
    QCOMPARE(QApplication::palette().color(QPalette::Window), t.background);
    QCOMPARE(QApplication::palette().color(QPalette::Text), t.text);
    QCOMPARE(t.background.lightness() < 128, isDark());
}

void TestTheme::textIsReadable() {
    QFETCH(QString, mode);
    ui::Theme::instance().apply(ui::themeModeFromName(mode));
    const auto& t = ui::Theme::instance().tokens();
    constexpr double kSmallText = 4.5;  // WCAG 2.1, AA
    for (const auto& ground : {t.background, t.panel})
        for (const auto& ink : {t.text, t.mute, t.ok, t.warn})
            QVERIFY2(contrast(ink, ground) >= kSmallText, qPrintable(ink.name() + " on " + ground.name()));
    QVERIFY(contrast(t.onAccent, t.accent) >= kSmallText);
    QVERIFY(contrast(t.text, t.accentSoft) >= kSmallText);
}

void TestTheme::variantsKeepTheirColours() {
    const auto& theme = ui::Theme::instance();
    QSet<QString> colours;
    for (const char* variant : {"BF16", "QAT+LoRA", "SpinQuant"})
        colours << theme.variantColor(variant).name();
    QCOMPARE(colours.size(), 3);
    const auto other = theme.variantColor("Q4_0");
    QVERIFY(!colours.contains(other.name()));
    QCOMPARE(theme.variantColor("Q4_0"), other);
}

void TestTheme::toggles_data() {
    QTest::addColumn<bool>("byKey");
    QTest::newRow("button") << false;
    QTest::newRow("shortcut") << true;
}

void TestTheme::toggles() {
    QFETCH(bool, byKey);
    ui::Settings settings;
    settings.theme = ui::ThemeMode::light;
    uitest::OpenWindow open(settings);
    const auto toggle = [&] {
        if (byKey)
            QTest::keyClick(&open.window(), Qt::Key_T, Qt::ControlModifier);
        else
            open.click("themeButton");
    };
    const auto sheet = qApp->styleSheet();
    const auto window = QApplication::palette().color(QPalette::Window);
    toggle();
    QVERIFY(isDark());
    QVERIFY(qApp->styleSheet() != sheet);
    QVERIFY(QApplication::palette().color(QPalette::Window) != window);
    QCOMPARE(open.workbench().currentSettings().theme, ui::ThemeMode::dark);
    toggle();
    QVERIFY(!isDark());
    QCOMPARE(qApp->styleSheet(), sheet);
    QCOMPARE(open.workbench().currentSettings().theme, ui::ThemeMode::light);
}

void TestTheme::everyPagePaintsInBoth_data() {
    QTest::addColumn<QString>("page");
    for (const char* page : {"chat", "compare", "results"})
        QTest::addRow("%s", page) << page;
}

void TestTheme::everyPagePaintsInBoth() {
    QFETCH(QString, page);
    ui::Settings settings;
    settings.page = page;
    settings.theme = ui::ThemeMode::light;
    uitest::OpenWindow open(settings);
    QCOMPARE(open.window().page(), page);
    QWidget* shown = open.find<QStackedWidget>("")->currentWidget();
    const auto corner = [&] { return shown->grab().toImage().pixelColor(shown->width() / 2, 2); };
    const auto light = corner();
    open.click("themeButton");
    const auto dark = corner();
    QVERIFY2(light.lightness() > 200, qPrintable(light.name()));
    QVERIFY2(dark.lightness() < 60, qPrintable(dark.name()));
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
