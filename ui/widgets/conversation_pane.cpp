#include "ui/widgets/conversation_pane.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
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
    search_->setToolTip(tr("Search chats (Ctrl+K)"));
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
    column->addWidget(empty_);
    column->addWidget(list_, 1);

    connect(search_, &QLineEdit::textChanged, controller.conversations(), &ConversationModel::setFilter);
    connect(fresh, &QPushButton::clicked, &controller_, &ChatController::newConversation);
    const auto open = [this](const QModelIndex& index) {
        if (const qint64 id = index.data(ConversationModel::idRole).toLongLong(); id != 0)
            controller_.openConversation(id);
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

void ConversationPane::updateSelection() {
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
    menu.addAction(tr("Delete this chat"), this, [this, id] { controller_.deleteConversation(id); });
    menu.exec(list_->viewport()->mapToGlobal(at));
}

}  // namespace ui
