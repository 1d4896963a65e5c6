// The style sheet. Widgets say what they are with dynamic properties (kind, tone, chip); colours come from
// the tokens.
#include "ui/theme.h"

namespace ui {
namespace {

const char* const kStyle = R"css(
QWidget { color: @text; }
QMainWindow, QDialog, #page { background: @background; }
QToolTip { background: @panel; color: @text; border: 1px solid @line; padding: 4px 6px; }

QLabel { background: transparent; }
QLabel[tone="title"] { font-size: 17px; font-weight: 600; }
QLabel[tone="heading"] { font-weight: 600; }
QLabel[tone="mute"] { color: @mute; }
QLabel[tone="small"] { color: @mute; font-size: 11px; }
QLabel[tone="value"] { font-size: 15px; font-weight: 600; }
QLabel[tone="good"] { color: @ok; font-size: 11px; }
QLabel[tone="bad"] { color: @warn; font-size: 11px; }
QLabel[tone="warning"] { color: @warn; }
QLabel[chip="true"] { color: @mute; font-size: 11px; border: 1px solid @line; border-radius: 11px; padding: 3px 9px; }

QPushButton, QToolButton { background: @panel; border: 1px solid @line; border-radius: 7px; padding: 0 12px;
    min-height: 28px; max-height: 28px; }
QPushButton:hover, QToolButton:hover { background: @accentSoft; border-color: @accentSoft; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 0 11px; min-height: 26px; max-height: 26px; }
QPushButton:disabled, QToolButton:disabled { color: @mute; }
QPushButton[kind="primary"] { background: @accent; color: @onAccent; border-color: @accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accentHover; border-color: @accentHover; }
QPushButton[kind="primary"]:focus { border: 2px solid @accentSoft; }
QPushButton[kind="primary"]:disabled { background: @line; border-color: @line; color: @mute; }
QPushButton[kind="accent"] { background: @accentSoft; color: @accent; border-color: @accentSoft; font-weight: 600; padding: 0; }
QPushButton[kind="accent"]:focus { border: 2px solid @accent; padding: 0; }
QPushButton[kind="chosen"] { border-color: @accent; color: @accent; }
QPushButton[kind="stop"] { background: @panel; color: @warn; border-color: @warn; font-weight: 600; }
QPushButton[kind="flat"], QToolButton[kind="flat"] { background: transparent; border-color: transparent; padding: 0 6px;
    min-height: 24px; max-height: 24px; }
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover { background: @accentSoft; }
QPushButton[kind="flat"]:focus, QToolButton[kind="flat"]:focus { border: 2px solid @accent; padding: 0 5px;
    min-height: 22px; max-height: 22px; }
QToolButton[kind="field"] { padding: 0 10px; text-align: left; }
QToolButton[kind="field"]:focus { border: 2px solid @accent; padding: 0 9px; min-height: 26px; max-height: 26px; }
QToolButton[tone="name"] { font-weight: 600; }
QToolButton[tone="small"] { color: @mute; font-size: 11px; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="segment"]:checked { background: @accent; color: @onAccent; border-color: @accent; font-weight: 600; }

QToolButton[kind="rail"] { background: transparent; border: 2px solid transparent; border-radius: 8px; color: @mute;
    font-size: 10px; padding: 4px 0; min-width: 56px; max-width: 56px; min-height: 40px; max-height: 40px; }
QToolButton[kind="rail"]:hover { background: @background; }
QToolButton[kind="rail"]:checked { background: @accentSoft; color: @accent; font-weight: 600; }
QToolButton[kind="rail"]:focus { border: 2px solid @accent; }
#rail { background: @panel; border-right: 1px solid @line; }
#sidePane { background: @panel; border-right: 1px solid @line; }
#inspector { background: @panel; border-left: 1px solid @line; }
#chatHeader { background: @background; border-bottom: 1px solid @line; }
#statusStrip { background: @panel; border-top: 1px solid @line; }
#statusStrip QLabel { color: @mute; font-size: 11px; }
#statusStrip QLabel[tone="warning"] { color: @warn; }
#separator { background: @line; }
QFrame[kind="picture"] { background: @background; border: 1px solid @line; border-radius: 8px; }
QFrame[kind="picture"]:hover { border-color: @accent; }
QFrame[kind="picture"]:focus { border: 2px solid @accent; }
QToolButton[kind="thumb"] { background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 0;
    min-height: 0; max-height: 10000px; }
QToolButton[kind="thumb"]:hover { border-color: @line; background: transparent; }
QToolButton[kind="thumb"]:focus { border: 2px solid @accent; padding: 0; min-height: 0; max-height: 10000px; }
#bubble { background: @accentSoft; border-radius: 10px; padding: 10px 14px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @panel; border: 1px solid @line; border-radius: 7px; padding: 0 10px;
    min-height: 28px; max-height: 28px; selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 2px solid @accent; padding: 0 9px;
    min-height: 26px; max-height: 26px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: 0; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @line; selection-background-color: @accentSoft;
    selection-color: @text; outline: none; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: transparent; border: none; selection-background-color: @accent;
    selection-color: @onAccent; }
QPlainTextEdit[framed="true"] { background: @panel; border: 1px solid @line; border-radius: 7px; padding: 4px 6px; }
QPlainTextEdit[framed="true"]:focus { border: 2px solid @accent; padding: 3px 5px; }

QMenu { background: @panel; border: 1px solid @line; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 6px 22px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: @accentSoft; }
QMenu::item:disabled { color: @mute; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }

QListView, QTableView, QTreeView { background: @panel; border: none; outline: none; }
QListView#conversationList { background: transparent; }
QListWidget[framed="true"] { border: 1px solid @line; border-radius: 8px; padding: 4px; }
QListWidget[framed="true"]::item { padding: 6px 8px; border-radius: 5px; color: @text; }
QListWidget[framed="true"]::item:selected { background: @accentSoft; color: @text; }
QTableView { gridline-color: @line; selection-background-color: @accentSoft; selection-color: @text; }
QHeaderView { background: transparent; }
QHeaderView::section { background: @panel; color: @mute; font-size: 11px; font-weight: 400; border: none;
    border-bottom: 1px solid @line; padding: 0 6px; min-height: 29px; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: @line; border-radius: 3px; min-height: 28px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: @line; border-radius: 3px; min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none;
    width: 0; height: 0; }
QProgressBar { background: @line; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QSplitter::handle { background: transparent; }
)css";

}  // namespace

QString styleSheet(const Tokens& t) {
    QString sheet = QString::fromLatin1(kStyle);
    const QColor hover = t.dark ? t.accent.lighter(112) : t.accent.darker(112);
    // Longer names first: "@accent" is a prefix of two others.
    const std::pair<const char*, QColor> colours[] = {{"@accentSoft", t.accentSoft},
                                                      {"@accentHover", hover},
                                                      {"@accent", t.accent},
                                                      {"@onAccent", t.onAccent},
                                                      {"@background", t.background},
                                                      {"@panel", t.panel},
                                                      {"@line", t.line},
                                                      {"@text", t.text},
                                                      {"@mute", t.mute},
                                                      {"@ok", t.ok},
                                                      {"@warn", t.warn},
                                                      {"@code", t.code}};
    for (const auto& [token, colour] : colours)
        sheet.replace(QLatin1String(token), colour.name());
    return sheet;
}

}  // namespace ui
