// What the window's keys do on the chat page.
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>

#include "ui/pages/chat_page.h"
#include "ui/widgets/conversation_pane.h"
#include "ui/widgets/message_view.h"

namespace ui {

void ChatPage::searchFor(const QString& text) {
    pane_->show();
    pane_->searchFor(text);
}

void ChatPage::toggleSidebar() {
    pane_->setVisible(pane_->isHidden());
}

void ChatPage::openModelMenu() {
    if (model_->isEnabled())
        model_->showMenu();
}

void ChatPage::stepMessage(int step) {
    if (views_.isEmpty())
        return;
    auto* bar = scroll_->verticalScrollBar();
    const auto topOf = [this](const QWidget* view) { return view->mapTo(scroll_->widget(), QPoint()).y(); };
    int first = 0;  // the message at the top of what is seen
    for (int row = 0; row < views_.size(); ++row)
        if (topOf(views_[row]) <= bar->value())
            first = row;
    const bool insideFirst = topOf(views_[first]) < bar->value();
    const int wanted = step < 0 && insideFirst ? first : first + step;
    bar->setValue(topOf(views_[std::clamp(wanted, 0, lastRow())]));
}

}  // namespace ui
