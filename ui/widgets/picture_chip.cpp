#include "ui/widgets/picture_chip.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMouseEvent>
#include <QVBoxLayout>

#include "ui/models/plain_tip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/picture_thumb.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kView = 40;  // pixels

}  // namespace

PictureChip::PictureChip(int place, QWidget* parent)
    : QFrame(parent),
      view_(new QLabel),
      name_(new ElidedLabel),
      facts_(new ElidedLabel),
      remove_(new IconButton(QStringLiteral("close"), QStringLiteral("removePicture%1").arg(place), {})) {
    setObjectName(QStringLiteral("pictureChip%1").arg(place));
    setProperty("kind", "picture");
    setFixedWidth(kWidth);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    view_->setFixedSize(kView, kView);
    view_->setAlignment(Qt::AlignCenter);
    setStyleProperty(facts_, "tone", "small");
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch(1);
    words->addWidget(name_);
    words->addWidget(facts_);
    words->addStretch(1);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(6, 5, 4, 5);
    line->setSpacing(8);
    line->addWidget(view_);
    line->addLayout(words, 1);
    line->addWidget(remove_, 0, Qt::AlignVCenter);
    connect(remove_, &QToolButton::clicked, this, &PictureChip::removed);
}

void PictureChip::show(const PictureTray::Item& item, const std::optional<engine::VisionConfig>& vision) {
    name_->setText(item.name);
    QString said = tr("%1, being read").arg(item.name);
    QString facts = tr("reading…");
    if (item.picture) {
        const auto& row = item.picture->row;
        said = pictureFacts(row);
        facts = pictureSize(row);
        if (vision) {
            const auto cost = costOf(row, *vision);
            facts = QStringLiteral("%1 × %2 · %3")
                        .arg(row.width)
                        .arg(row.height)
                        .arg(tr("%1 tokens").arg(QLocale().toString(qlonglong{cost.tokens})));
            said += QStringLiteral(", ") + costText(cost);
        }
    }
    view_->setPixmap(item.picture ? thumbnailOf(item.picture->preview, {kView, kView}, devicePixelRatioF())
                                  : QPixmap());
    facts_->setText(facts);
    setAccessibleName(said);
    QString tip = said;
    if (item.picture && vision)
        tip += QLatin1Char('\n') +
               tr("Image tokens are looked at beside the text; in the context a picture takes one token.");
    setToolTip(plainTip(tip + QLatin1Char('\n') + tr("Enter shows it larger, Delete removes it.")));
    remove_->setToolTip(tr("Remove %1").arg(item.name));
    remove_->setAccessibleName(remove_->toolTip());
}

void PictureChip::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            emit removed();
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            emit openWanted();
            return;
        default:
            QFrame::keyPressEvent(event);
    }
}

void PictureChip::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->pos()))
        emit openWanted();
}

}  // namespace ui
