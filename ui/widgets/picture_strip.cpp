#include "ui/widgets/picture_strip.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QMimeData>
#include <QUrl>
#include <algorithm>

#include "ui/controllers/picture_tray.h"
#include "ui/dialogs/picture_dialog.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/picture_chip.h"
#include "ui/widgets/prompt_edit.h"

namespace ui {
namespace {

constexpr int kGap = 8;

}  // namespace

QStringList pictureFilesOf(const QMimeData& data) {
    QStringList files;
    for (const auto& url : data.urls())
        if (url.isLocalFile() && isPictureFile(url.toLocalFile()))
            files << url.toLocalFile();
    return files;
}

PictureStrip::PictureStrip(PictureTray& tray, QWidget* parent)
    : QWidget(parent), tray_(tray), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(12, 10, 12, 0);
    grid_->setSpacing(kGap);
    grid_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    connect(&tray_, &PictureTray::changed, this, &PictureStrip::rebuild);
    rebuild();
}

void PictureStrip::setVision(const std::optional<engine::VisionConfig>& vision) {
    if (vision_ == vision)
        return;
    vision_ = vision;
    rebuild();
}

void PictureStrip::takeFrom(PromptEdit* prompt, QWidget* page) {
    connect(prompt, &PromptEdit::pictureGiven, &tray_, &PictureTray::addImage);
    connect(prompt, &PromptEdit::pictureFilesGiven, &tray_, &PictureTray::addFiles);
    page->setAcceptDrops(true);
    page->installEventFilter(this);
}

void PictureStrip::choose() {
    const auto files = QFileDialog::getOpenFileNames(window(), tr("Attach pictures"), {}, pictureFilter());
    if (!files.isEmpty())
        tray_.addFiles(files);
}

bool PictureStrip::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::DragEnter && event->type() != QEvent::Drop)
        return QWidget::eventFilter(watched, event);
    auto* drop = static_cast<QDropEvent*>(event);
    const auto& given = *drop->mimeData();
    const auto files = pictureFilesOf(given);
    if (files.isEmpty() && !given.hasImage())
        return QWidget::eventFilter(watched, event);
    drop->acceptProposedAction();
    if (event->type() == QEvent::Drop) {
        if (files.isEmpty())
            tray_.addImage(qvariant_cast<QImage>(given.imageData()));
        else
            tray_.addFiles(files);
    }
    return true;
}

void PictureStrip::rebuild() {
    const auto& items = tray_.items();
    while (chips_.size() > items.size())
        retire(chips_.takeLast());
    while (chips_.size() < items.size()) {
        const int place = static_cast<int>(chips_.size());
        auto* chip = new PictureChip(place);
        // Queued: the chip that is clicked or has the focus may be the one that goes.
        connect(
            chip, &PictureChip::removed, this, [this, place] { remove(place); }, Qt::QueuedConnection);
        connect(chip, &PictureChip::openWanted, this, [this, place] { open(place); });
        chips_.push_back(chip);
    }
    for (int i = 0; i < items.size(); ++i)
        chips_[i]->show(items[i], vision_);
    columns_ = 0;
    arrange();
    setVisible(!items.isEmpty());
}

void PictureStrip::arrange() {
    const auto margins = grid_->contentsMargins();
    const int room = width() - margins.left() - margins.right() + kGap;
    const int columns = std::max(1, room / (PictureChip::kWidth + kGap));
    if (columns == columns_)
        return;
    columns_ = columns;
    for (int i = 0; i < chips_.size(); ++i) {
        grid_->addWidget(chips_[i], i / columns, i % columns);
        chips_[i]->setVisible(true);
    }
}

void PictureStrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void PictureStrip::open(int place) {
    if (place >= tray_.items().size() || !tray_.items()[place].picture)
        return;
    auto* dialog = new PictureDialog(tray_.items()[place].picture->row, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

/// The focus goes to the picture that takes the place, so that several can be removed one after the other.
void PictureStrip::remove(int place) {
    const bool focused = place < chips_.size() && chips_[place]->hasFocus();
    tray_.remove(place);
    if (focused && !chips_.isEmpty())
        chips_[std::min<qsizetype>(place, chips_.size() - 1)]->setFocus(Qt::OtherFocusReason);
}

}  // namespace ui
