#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>
#include <QString>
#include <array>

class QApplication;

namespace ui {

enum class ThemeMode { light, dark, system };

/// The colours that everything is drawn with. Meanings are in the member names; values stand in theme.cpp
/// alone.
struct Tokens {
    bool dark = false;
    QColor background;
    QColor panel;
    QColor line;
    QColor text;
    QColor mute;
    QColor accent;
    QColor accentSoft;
    QColor onAccent;
    QColor ok;
    QColor warn;
    QColor code;
    std::array<QColor, 6> variants;  ///< Okabe-Ito, safe for colour-blind readers
};

/// The look of the whole program: tokens, and the palette and style sheet made of them. Lives on the window's
/// thread.
class Theme : public QObject {
    Q_OBJECT

public:
    static Theme& instance();

    /// Applies the look to the application; `system` follows the palette that the desktop gave.
    void apply(ThemeMode mode);
    ThemeMode mode() const { return mode_; }
    const Tokens& tokens() const { return tokens_; }

    /// One colour per variant, the same everywhere. BF16, QAT+LoRA and SpinQuant have their own; others take
    /// the rest.
    QColor variantColor(const QString& variant) const;
    /// A line icon of resources/icons in the given colour.
    QIcon icon(const QString& name, const QColor& color) const;
    QPixmap pixmap(const QString& name, const QColor& color, int size) const;

    QFont bodyFont(int pixels = 13, QFont::Weight weight = QFont::Normal) const;
    QFont codeFont(int pixels = 12) const;

signals:
    void changed();

private:
    Theme();

    ThemeMode mode_ = ThemeMode::system;
    bool desktopIsDark_ = false;
    Tokens tokens_;
};

/// Words of the command line and the settings: "light", "dark", "system"; anything else is system.
ThemeMode themeModeFromName(const QString& name);
QString themeModeName(ThemeMode mode);

/// The style sheet of the application, made of the tokens alone.
QString styleSheet(const Tokens& tokens);

}  // namespace ui
