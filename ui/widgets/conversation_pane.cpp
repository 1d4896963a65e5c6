#include "ui/widgets/conversation_pane.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/conversation_delegate.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kWidth = 230;

}  // namespace

ConversationPane::ConversationPane(ChatController& controller, QWidget* parent)
    : QFrame(parent),
      controller_(controller),
      search_(new QLineEdit),
      list_(new QListView),
      empty_(new QLabel(tr("Chats are kept here, as they are typed."))) {
    setObjectName(QStringLiteral("sidePane"));
    setFixedWidth(kWidth);
    search_->setObjectName(QStringLiteral("chatSearch"));
    search_->setAccessibleName(tr("Search chats"));
    search_->setPlaceholderText(tr("Search chats…"));
    search_->setToolTip(tr("Search chats (Ctrl+F)"));
    search_->setClearButtonEnabled(true);
    auto* fresh = makeButton(QStringLiteral("+"), QStringLiteral("newChatButton"), tr("New chat (Ctrl+N)"));
    fresh->setAccessibleName(tr("New chat"));
    fresh->setFixedWidth(34);
    fresh->setProperty("kind", "accent");
    list_->setObjectName(QStringLiteral("conversationList"));
    list_->setAccessibleName(tr("Chats"));
    list_->setModel(controller.conversations());
    list_->setItemDelegate(new ConversationDelegate(list_));
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setMouseTracking(true);
    list_->setContextMenuPolicy(Qt::CustomContextMenu);
    empty_->setWordWrap(true);
    setStyleProperty(empty_, "tone", "small");
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(search_, 1);
    top->addWidget(fresh);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addLayout(top);
    tag_ = new QToolButton;
    tag_->setObjectName(QStringLiteral("tagFilter"));
    tag_->setAccessibleName(tr("Tag"));
    tag_->setToolTip(tr("Shows only chats with this tag"));
    tag_->setProperty("kind", "flat");
    tag_->setPopupMode(QToolButton::InstantPopup);
    tag_->setMenu(new QMenu(tag_));
    column->addWidget(tag_, 0, Qt::AlignLeft);
    column->addWidget(empty_);
    column->addWidget(list_, 1);

    connect(search_, &QLineEdit::textChanged, &controller_.shelf(), &ConversationShelf::search);
    connect(fresh, &QPushButton::clicked, &controller_, &ChatController::newConversation);
    const auto open = [this](const QModelIndex& index) {
        if (const qint64 id = index.data(ConversationModel::idRole).toLongLong(); id != 0)
            controller_.openConversation(id, index.data(ConversationModel::messageRole).toLongLong());
    };
    connect(list_, &QListView::clicked, this, open);
    connect(list_, &QListView::activated, this, open);
    connect(list_, &QListView::customContextMenuRequested, this, &ConversationPane::showMenu);
    connect(controller.conversations(), &QAbstractItemModel::modelReset, this,
            &ConversationPane::updateSelection);
    connect(&controller_, &ChatController::conversationChanged, this, &ConversationPane::updateSelection);
    updateSelection();
}

void ConversationPane::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
}

void ConversationPane::searchFor(const QString& text) {
    search_->setText(text);
    focusSearch();
}

void ConversationPane::updateTags() {
    auto* model = controller_.conversations();
    const auto tags = model->allTags();
    tag_->setVisible(!tags.isEmpty() || !model->tag().isEmpty());
    tag_->setText((model->tag().isEmpty() ? tr("All tags") : u'#' + model->tag()) + QStringLiteral(" ▾"));
    tag_->menu()->clear();
    const auto add = [this](const QString& text, const QString& tag) {
        tag_->menu()->addAction(text, this, [this, tag] { controller_.shelf().filterByTag(tag); });
    };
    add(tr("All tags"), {});
    for (const auto& tag : tags)
        add(u'#' + tag, tag);
}

void ConversationPane::updateSelection() {
    updateTags();
    empty_->setVisible(controller_.conversations()->conversationCount() == 0);
    const int row = controller_.conversations()->rowOf(controller_.conversationId());
    if (row >= 0)
        list_->setCurrentIndex(controller_.conversations()->index(row));
    else
        list_->setCurrentIndex({});
}

void ConversationPane::showMenu(const QPoint& at) {
    const qint64 id = list_->indexAt(at).data(ConversationModel::idRole).toLongLong();
    if (id == 0)
        return;
    QMenu menu(this);
    menu.addAction(tr("Rename…"), this, [this, id] { rename(id); })
        ->setObjectName(QStringLiteral("renameChat"));
    menu.addAction(tr("Tags…"), this, [this, id] { editTags(id); })->setObjectName(QStringLiteral("tagChat"));
    menu.addSeparator();
    menu.addAction(tr("Delete…"), this, [this, id] { confirmDelete(id); })
        ->setObjectName(QStringLiteral("deleteChat"));
    menu.exec(list_->viewport()->mapToGlobal(at));
}

void ConversationPane::keyPressEvent(QKeyEvent* event) {
    const qint64 id = list_->currentIndex().data(ConversationModel::idRole).toLongLong();
    if (id != 0 && list_->hasFocus() && event->key() == Qt::Key_F2)
        rename(id);
    else if (id != 0 && list_->hasFocus() && event->key() == Qt::Key_Delete)
        confirmDelete(id);
    else
        QFrame::keyPressEvent(event);
}

void ConversationPane::rename(qint64 id) {
    const auto* row = controller_.conversations()->conversation(id);
    if (row == nullptr)
        return;
    bool kept = false;
    const QString name = QInputDialog::getText(this, tr("Rename this chat"), tr("Name"), QLineEdit::Normal,
                                               QString::fromStdString(row->title), &kept);
    if (kept)
        controller_.shelf().rename(id, name);
}

void ConversationPane::editTags(qint64 id) {
    const auto* row = controller_.conversations()->conversation(id);
    if (row == nullptr)
        return;
    QStringList tags;
    for (const auto& tag : row->tags)
        tags << QString::fromStdString(tag);
    bool kept = false;
    const QString text =
        QInputDialog::getText(this, tr("Tags of this chat"), tr("Words, with spaces between"),
                              QLineEdit::Normal, tags.join(u' '), &kept);
    if (kept)
        controller_.shelf().setTags(id, ConversationShelf::tagsOf(text));
}

void ConversationPane::confirmDelete(qint64 id) {
    const auto* row = controller_.conversations()->conversation(id);
    if (row == nullptr)
        return;
    QMessageBox box(QMessageBox::Warning, tr("Delete this chat?"),
                    tr("“%1” with all its branches goes for good.").arg(QString::fromStdString(row->title)),
                    QMessageBox::Cancel, this);
    box.setObjectName(QStringLiteral("deleteDialog"));
    box.setTextFormat(Qt::PlainText);
    auto* really = box.addButton(tr("Delete"), QMessageBox::DestructiveRole);
    really->setObjectName(QStringLiteral("reallyDelete"));
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    if (box.clickedButton() == really)
        controller_.deleteConversation(id);
}

}  // namespace ui
