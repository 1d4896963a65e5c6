#include "ui/dialogs/command_palette.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include "ui/widgets/command_delegate.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kMost = 60;
constexpr QSize kSize(620, 420);

}  // namespace

CommandPalette::CommandPalette(QVector<Command> commands, std::function<void(QString)> searchChats,
                               QWidget* parent)
    : QDialog(parent),
      all_(std::move(commands)),
      searchChats_(std::move(searchChats)),
      search_(new QLineEdit),
      list_(new QListWidget),
      none_(new QLabel) {
    setObjectName(QStringLiteral("commandPalette"));
    setWindowTitle(tr("Search"));
    resize(kSize);
    search_->setObjectName(QStringLiteral("paletteSearch"));
    search_->setAccessibleName(tr("Search commands, pages, chats, runs and models"));
    search_->setPlaceholderText(tr("Commands, pages, chats, runs, models…"));
    search_->installEventFilter(this);
    list_->setObjectName(QStringLiteral("paletteList"));
    list_->setAccessibleName(tr("Found"));
    list_->setItemDelegate(new CommandDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    none_->setObjectName(QStringLiteral("paletteNone"));
    none_->setText(tr("Nothing has all of these words."));
    setStyleProperty(none_, "tone", "mute");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(search_);
    column->addWidget(none_);
    column->addWidget(list_, 1);
    connect(search_, &QLineEdit::textChanged, this, &CommandPalette::fill);
    connect(search_, &QLineEdit::returnPressed, this, &CommandPalette::runChosen);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::runChosen);
    connect(list_, &QListWidget::itemActivated, this, &CommandPalette::runChosen);
    fill({});
    search_->setFocus();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched != search_ || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
    if (step == 0)
        return QDialog::eventFilter(watched, event);
    const int count = list_->count();
    if (count > 0)
        list_->setCurrentRow((list_->currentRow() + step + count) % count);
    return true;
}

void CommandPalette::fill(const QString& text) {
    shown_ = findCommands(all_, text, kMost);
    if (searchChats_ && text.trimmed().size() > 1)
        shown_.push_back(
            {tr("Search what was said for “%1”").arg(text.trimmed()), tr("Chats"), {}, [this, text] {
                 searchChats_(text.trimmed());
             }});
    list_->clear();
    for (const auto& command : shown_) {
        auto* item = new QListWidgetItem(command.title, list_);
        item->setData(CommandDelegate::groupRole, command.group);
        item->setData(CommandDelegate::keysRole, command.keys.toString(QKeySequence::NativeText));
        item->setToolTip(QString());
    }
    none_->setVisible(shown_.isEmpty());
    list_->setCurrentRow(0);
}

void CommandPalette::runChosen() {
    const int row = list_->currentRow();
    if (row < 0 || row >= shown_.size())
        return;
    const auto run = shown_[row].run;
    accept();
    if (run)
        run();
}

}  // namespace ui
