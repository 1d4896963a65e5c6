// The chat page around its field: notices with choices, pictures, branches, export.
#include <QFileDialog>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/pages/chat_page.h"
#include "ui/widgets/message_view.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/picture_strip.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/style_property.h"

namespace ui {
void ChatPage::buildNotices(QVBoxLayout* column) {
    contextNotice_ = new NoticeBar(QStringLiteral("contextNotice"));
    connect(contextNotice_->addChoice(tr("New chat"), QStringLiteral("contextNewChat")),
            &QPushButton::clicked, &controller_, &ChatController::newConversation);
    connect(contextNotice_->addChoice(tr("Drop the oldest turns"), QStringLiteral("contextDrop"),
                                      tr("They stay in the chat and are no longer sent to the model")),
            &QPushButton::clicked, &controller_, &ChatController::dropOldestTurns);
    larger_ = contextNotice_->addChoice(tr("Larger context"), QStringLiteral("contextLarger"),
                                        tr("Loads the model again with room for more"));
    connect(larger_, &QPushButton::clicked, &controller_, &ChatController::useLargerContext);
    connect(contextNotice_->addChoice(tr("Stop here"), QStringLiteral("contextKeep")), &QPushButton::clicked,
            &controller_, &ChatController::keepContext);

    editNotice_ = new NoticeBar(QStringLiteral("editNotice"));
    editNotice_->setText(tr("Editing: sending makes a branch, and what is there now stays beside it."));
    connect(editNotice_->addChoice(tr("Cancel"), QStringLiteral("cancelEditButton")), &QPushButton::clicked,
            &controller_, &ChatController::cancelEdit);

    pictureNotice_ = new NoticeBar(QStringLiteral("pictureNotice"));
    connect(pictureNotice_->addChoice(tr("Send as note"), QStringLiteral("pictureNote"),
                                      tr("Tells the model the names and the sizes of the pictures")),
            &QPushButton::clicked, this, &ChatPage::keepNote);
    connect(pictureNotice_->addChoice(tr("Choose another model"), QStringLiteral("pictureModel")),
            &QPushButton::clicked, this, [this] { model_->showMenu(); });
    noteButton_ = pictureNotice_->findChild<QPushButton*>(QStringLiteral("pictureNote"));
    removeButton_ = pictureNotice_->addChoice(tr("Remove"), QStringLiteral("pictureRemove"));
    connect(removeButton_, &QPushButton::clicked, &controller_.tray(), &PictureTray::clear);

    exportNotice_ = new NoticeBar(QStringLiteral("chatNotice"));
    connect(exportNotice_->addChoice(tr("Close"), QStringLiteral("chatNoticeClose")), &QPushButton::clicked,
            exportNotice_, &QWidget::hide);
    for (auto* notice : {contextNotice_, editNotice_, pictureNotice_, exportNotice_})
        column->addWidget(notice);
}

void ChatPage::updateNotices() {
    using Need = ChatController::ContextNeed;
    const auto need = controller_.contextNeed();
    contextNotice_->setText(need == Need::full
                                ? tr("The context is full: the model cannot read more of this chat.")
                                : tr("The context is nearly full."));
    contextNotice_->setVisible(need != Need::none);
    const qint64 larger = controller_.largerContext();
    larger_->setVisible(larger > 0);
    larger_->setText(tr("Context of %1").arg(larger));
    larger_->setAccessibleName(larger_->text());
    editNotice_->setVisible(controller_.isEditing());
}

void ChatPage::connectView(MessageView* view, int row) {
    connect(view, &MessageView::regenerateWanted, &controller_,
            [this, row] { controller_.regenerateAt(row); });
    connect(view, &MessageView::regenerateWithWanted, &controller_,
            [this, row](const QString& model) { controller_.regenerateAt(row, model); });
    connect(view, &MessageView::editWanted, &controller_, [this, row] { controller_.beginEdit(row); });
    connect(view, &MessageView::compareWanted, this,
            [this, row] { emit compareWanted(controller_.dialogUpTo(row)); });
    // Queued: the view that was clicked goes with the branch.
    connect(
        view, &MessageView::branchWanted, &controller_,
        [this, row](int step) { controller_.switchBranch(row, step); }, Qt::QueuedConnection);
    connect(view, &MessageView::resultsGiven, &controller_, &ChatController::sendResults,
            Qt::QueuedConnection);
}

void ChatPage::send() {
    // What is wrong with pictures is decided first; the button says all other reasons.
    if (pictureNotice_->isVisible() && noteButton_->isVisible())
        noteButton_->setFocus();
    controller_.send();
}

/// What stands in the way of pictures, before anything is sent.
void ChatPage::updatePictures() {
    pictures_->setVision(controller_.vision());
    const QString whyNot =
        controller_.state() == ChatController::State::idle ? controller_.whyNoPictures() : QString();
    const bool attached = !controller_.tray().isEmpty();
    pictureNotice_->setText(attached || whyNot.isEmpty() ? whyNot
                                                         : tr("%1 This chat has some above.").arg(whyNot));
    noteButton_->setVisible(attached);
    removeButton_->setVisible(attached);
    pictureNotice_->setVisible(!whyNot.isEmpty());
}

void ChatPage::keepNote() {
    QStringList notes;
    for (const auto& picture : controller_.tray().rows())
        notes << pictureNote(picture);
    QTextCursor cursor(prompt_->document());
    cursor.insertText(notes.join(QLatin1Char('\n')) + QLatin1Char('\n'));
    controller_.tray().clear();
    focusPrompt();
}

void ChatPage::chooseExport(const QString& format) {
    QString name = controller_.title().simplified().left(40);
    for (auto& c : name)
        if (!c.isLetterOrNumber() && c != u' ')
            c = u'-';
    QString file = QFileDialog::getSaveFileName(
        this, tr("Export this chat"), (name.isEmpty() ? QStringLiteral("chat") : name) + u'.' + format,
        QStringLiteral("*.") + format);
    if (file.isEmpty())
        return;
    if (!file.endsWith(u'.' + format))
        file += u'.' + format;
    controller_.exportConversation(file);
}

void ChatPage::openExportMenu() {
    if (export_->isEnabled())
        export_->showMenu();
}

void ChatPage::editLast() {
    for (int row = lastRow(); row >= 0; --row)
        if (controller_.messages()->message(row).row.role == engine::Role::user)
            return controller_.beginEdit(row);
}

void ChatPage::switchLastBranch(int step) {
    for (int row = lastRow(); row >= 0; --row)
        if (controller_.messages()->branch(row).count > 1)
            return controller_.switchBranch(row, step);
}

void ChatPage::copyLast() {
    for (int row = lastRow(); row >= 0; --row)
        if (controller_.messages()->message(row).row.role == engine::Role::assistant)
            return views_[row]->copy();
}

}  // namespace ui
