#include "ui/dialogs/help_dialog.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "ui/widgets/page_parts.h"

namespace ui {
namespace {

constexpr int kRowHeight = 26;
constexpr int kKeysWidth = 150;
constexpr int kGroupWidth = 130;

/// Keys that widgets answer themselves.
QVector<std::array<QString, 3>> ownKeys() {
    const auto native = [](const char* keys) {
        return QKeySequence(QString::fromLatin1(keys)).toString(QKeySequence::NativeText);
    };
    return {{native("Return"), HelpDialog::tr("Send the message"), HelpDialog::tr("Chat")},
            {native("Shift+Return"), HelpDialog::tr("Begin a new line"), HelpDialog::tr("Chat")},
            {native("Ctrl+V"), HelpDialog::tr("Attach the picture of the clipboard"), HelpDialog::tr("Chat")},
            {native("F2"), HelpDialog::tr("Rename the chosen chat"), HelpDialog::tr("Chat")},
            {native("Del"), HelpDialog::tr("Delete the chosen chat or run"), HelpDialog::tr("Chat")}};
}

}  // namespace

HelpDialog::HelpDialog(const QVector<Command>& commands, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("helpDialog"));
    setWindowTitle(tr("Help and shortcuts"));
    resize(620, 620);
    QVector<std::array<QString, 3>> rows;
    for (const auto& command : commands)
        if (!command.keys.isEmpty())
            rows.push_back({command.keys.toString(QKeySequence::NativeText), command.title, command.group});
    rows += ownKeys();
    auto* table = new QTableWidget(static_cast<int>(rows.size()), 3);
    table->setObjectName(QStringLiteral("shortcutTable"));
    table->setAccessibleName(tr("Shortcuts"));
    table->setHorizontalHeaderLabels({tr("Keys"), tr("What they do"), tr("Where")});
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    table->setColumnWidth(0, kKeysWidth);
    table->setColumnWidth(2, kGroupWidth);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table->setShowGrid(false);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    for (int row = 0; row < table->rowCount(); ++row)
        for (int column = 0; column < 3; ++column)
            table->setItem(row, column, new QTableWidgetItem(rows[row][static_cast<std::size_t>(column)]));
    auto* steps = makeButton(tr("First steps…"), QStringLiteral("firstStepsButton"),
                             tr("Checks, models and a quick tune, as at the first start"));
    auto* palette = makeButton(tr("All commands…"), QStringLiteral("paletteButton"),
                               tr("Searches commands, pages, chats, runs and models"));
    auto* close = makeButton(tr("Close"), QStringLiteral("helpClose"), {});
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(steps);
    line->addWidget(palette);
    line->addStretch(1);
    line->addWidget(close);
    auto* intro =
        new QLabel(tr("Everything works with the keyboard: Tab goes on, Space and Enter press, arrow "
                      "keys choose."));
    intro->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(intro);
    column->addWidget(table, 1);
    column->addLayout(line);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(steps, &QPushButton::clicked, this, [this] {
        accept();
        emit firstStepsWanted();
    });
    connect(palette, &QPushButton::clicked, this, [this] {
        accept();
        emit paletteWanted();
    });
}

}  // namespace ui
