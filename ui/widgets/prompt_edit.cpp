#include "ui/widgets/prompt_edit.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <algorithm>

#include "ui/widgets/picture_strip.h"

namespace ui {

PromptEdit::PromptEdit(QWidget* parent) : QPlainTextEdit(parent) {
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    document()->setDocumentMargin(2);
    connect(document(), &QTextDocument::contentsChanged, this, &PromptEdit::fitHeight);
    fitHeight();
}

void PromptEdit::setMostLines(int lines) {
    mostLines_ = lines;
    fitHeight();
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* given) const {
    return given->hasImage() || !pictureFilesOf(*given).isEmpty() ||
           QPlainTextEdit::canInsertFromMimeData(given);
}

void PromptEdit::insertFromMimeData(const QMimeData* given) {
    if (const auto files = pictureFilesOf(*given); !files.isEmpty())
        emit pictureFilesGiven(files);
    else if (given->hasImage() && !given->hasText())
        emit pictureGiven(qvariant_cast<QImage>(given->imageData()));
    else
        QPlainTextEdit::insertFromMimeData(given);
}

void PromptEdit::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && !(event->modifiers() & Qt::ShiftModifier))
        emit submitted();
    else
        QPlainTextEdit::keyPressEvent(event);
}

void PromptEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void PromptEdit::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fitHeight();
}

void PromptEdit::showEvent(QShowEvent* event) {
    QPlainTextEdit::showEvent(event);
    fitHeight();
}

void PromptEdit::fitHeight() {
    // QPlainTextEdit's document counts in lines, not pixels.
    const int lines = std::clamp(static_cast<int>(document()->size().height()), 1, mostLines_);
    const int frame = 2 * frameWidth() + contentsMargins().top() + contentsMargins().bottom();
    const int height =
        fontMetrics().lineSpacing() * lines + 2 * static_cast<int>(document()->documentMargin()) + frame + 2;
    if (height != maximumHeight())
        setFixedHeight(height);
}

}  // namespace ui
