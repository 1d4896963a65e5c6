#include "ui/widgets/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/page_parts.h"

namespace ui {

NoticeBar::NoticeBar(const QString& objectName, QWidget* parent)
    : QFrame(parent), choices_(new QHBoxLayout), text_(new QLabel) {
    setObjectName(objectName);
    text_->setObjectName(objectName + QStringLiteral("Text"));
    text_->setTextFormat(Qt::PlainText);
    text_->setWordWrap(true);
    choices_->setSpacing(8);
    choices_->addStretch(1);
    auto* words = new QVBoxLayout;
    words->setSpacing(6);
    words->addWidget(text_);
    words->addLayout(choices_);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(14, 8, 12, 4);
    line->setSpacing(12);
    line->addLayout(words, 1);
    hide();
}

void NoticeBar::setText(const QString& text) {
    text_->setText(text);
}

QString NoticeBar::text() const {
    return text_->text();
}

QPushButton* NoticeBar::addChoice(const QString& text, const QString& objectName, const QString& tip) {
    auto* button = makeButton(text, objectName, tip);
    choices_->addWidget(button);
    return button;
}

}  // namespace ui
