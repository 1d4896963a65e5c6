#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QStyleFactory>
#include <QSvgRenderer>

/// Resources of a static library are dropped by the linker unless something asks for them, outside any
/// namespace.
static void loadIcons() {
    Q_INIT_RESOURCE(icons);
}

namespace ui {
namespace {

Tokens lightTokens() {
    Tokens t;
    t.background = QColor(0xf6f7f9);
    t.panel = QColor(0xffffff);
    t.line = QColor(0xe1e4ea);
    t.text = QColor(0x1b1f27);
    t.mute = QColor(0x667085);
    t.accent = QColor(0x2f6fed);
    t.accentSoft = QColor(0xe8f0fe);
    t.onAccent = QColor(0xffffff);
    t.ok = QColor(0x067647);
    t.warn = QColor(0xb54708);
    t.code = QColor(0xf2f4f7);
    t.variants = {QColor(0x0072b2), QColor(0xd55e00), QColor(0x009e73),
                  QColor(0xcc79a7), QColor(0xe69f00), QColor(0x56b4e9)};
    return t;
}

Tokens darkTokens() {
    Tokens t;
    t.dark = true;
    t.background = QColor(0x15181e);
    t.panel = QColor(0x1c2027);
    t.line = QColor(0x2c323c);
    t.text = QColor(0xe6e9ef);
    t.mute = QColor(0x98a2b3);
    t.accent = QColor(0x6ea0ff);
    t.accentSoft = QColor(0x22304d);
    t.onAccent = QColor(0x10141b);
    t.ok = QColor(0x47cd89);
    t.warn = QColor(0xfdb022);
    t.code = QColor(0x12151a);
    t.variants = {QColor(0x56b4e9), QColor(0xe69f00), QColor(0x3fcf9f),
                  QColor(0xe08bb8), QColor(0xff8c5a), QColor(0x7fb2ff)};
    return t;
}

QPalette paletteOf(const Tokens& t) {
    QPalette palette;
    palette.setColor(QPalette::Window, t.background);
    palette.setColor(QPalette::WindowText, t.text);
    palette.setColor(QPalette::Base, t.panel);
    palette.setColor(QPalette::AlternateBase, t.background);
    palette.setColor(QPalette::Text, t.text);
    palette.setColor(QPalette::PlaceholderText, t.mute);
    palette.setColor(QPalette::Button, t.panel);
    palette.setColor(QPalette::ButtonText, t.text);
    palette.setColor(QPalette::ToolTipBase, t.panel);
    palette.setColor(QPalette::ToolTipText, t.text);
    palette.setColor(QPalette::Highlight, t.accent);
    palette.setColor(QPalette::HighlightedText, t.onAccent);
    palette.setColor(QPalette::Link, t.accent);
    palette.setColor(QPalette::Mid, t.line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, t.mute);
    return palette;
}

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

Theme::Theme()
    : desktopIsDark_(QApplication::palette().color(QPalette::Window).lightness() < 128),
      tokens_(lightTokens()) {
    loadIcons();
}

void Theme::apply(ThemeMode mode) {
    mode_ = mode;
    const bool dark = mode == ThemeMode::dark || (mode == ThemeMode::system && desktopIsDark_);
    tokens_ = dark ? darkTokens() : lightTokens();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(tokens_));
    QApplication::setFont(bodyFont());
    qApp->setStyleSheet(styleSheet(tokens_));
    emit changed();
}

QColor Theme::variantColor(const QString& variant) const {
    if (variant == QLatin1String("BF16"))
        return tokens_.variants[0];
    if (variant == QLatin1String("QAT+LoRA"))
        return tokens_.variants[1];
    if (variant == QLatin1String("SpinQuant"))
        return tokens_.variants[2];
    std::size_t sum = 0;
    for (const QChar c : variant)
        sum += c.unicode();
    return tokens_.variants[3 + sum % 3];
}

QPixmap Theme::pixmap(const QString& name, const QColor& color, int size) const {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray svg = file.readAll();
    svg.replace("#000000", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    constexpr int kDensest = 2;  // drawn once at twice the size; scaled down on ordinary screens
    QPixmap picture(size * kDensest, size * kDensest);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    renderer.render(&painter);
    painter.end();
    picture.setDevicePixelRatio(kDensest);
    return picture;
}

QIcon Theme::icon(const QString& name, const QColor& color) const {
    QIcon icon(pixmap(name, color, 24));
    icon.addPixmap(pixmap(name, tokens_.mute, 24), QIcon::Disabled);
    return icon;
}

QFont Theme::bodyFont(int pixels, QFont::Weight weight) const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    if (QFontDatabase::hasFamily(QStringLiteral("Inter")))
        font.setFamilies({QStringLiteral("Inter")});
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

QFont Theme::codeFont(int pixels) const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (QFontDatabase::hasFamily(QStringLiteral("JetBrains Mono")))
        font.setFamilies({QStringLiteral("JetBrains Mono")});
    font.setPixelSize(pixels);
    return font;
}

ThemeMode themeModeFromName(const QString& name) {
    if (name == QLatin1String("light"))
        return ThemeMode::light;
    if (name == QLatin1String("dark"))
        return ThemeMode::dark;
    return ThemeMode::system;
}

QString themeModeName(ThemeMode mode) {
    switch (mode) {
        case ThemeMode::light:
            return QStringLiteral("light");
        case ThemeMode::dark:
            return QStringLiteral("dark");
        case ThemeMode::system:
            break;
    }
    return QStringLiteral("system");
}

}  // namespace ui
