#include "ui/dialogs/picture_dialog.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

#include "ui/widgets/page_parts.h"
#include "ui/widgets/picture_thumb.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr QSize kMargins{48, 140};  // around the picture, of the parent's size
constexpr QSize kLeast{320, 200};

}  // namespace

PictureDialog::PictureDialog(const engine::PictureRow& row, QWidget* parent)
    : QDialog(parent), row_(row), view_(new QLabel(tr("Reading the picture…"))), facts_(new QLabel) {
    setObjectName(QStringLiteral("pictureDialog"));
    setWindowTitle(QString::fromStdString(row.name));
    view_->setObjectName(QStringLiteral("pictureView"));
    view_->setAlignment(Qt::AlignCenter);
    view_->setMinimumSize(kLeast);
    view_->setAccessibleName(pictureFacts(row));
    facts_->setText(pictureFacts(row));
    facts_->setTextFormat(Qt::PlainText);
    setStyleProperty(facts_, "tone", "small");
    auto* saveButton = makeButton(tr("Save as…"), QStringLiteral("pictureSave"),
                                  tr("Writes the picture as it came, byte for byte"));
    auto* close = makeButton(tr("Close"), QStringLiteral("pictureClose"), {});
    close->setDefault(true);
    connect(saveButton, &QPushButton::clicked, this, &PictureDialog::save);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(facts_, 1);
    line->addWidget(saveButton);
    line->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 12);
    column->setSpacing(12);
    column->addWidget(view_, 1);
    column->addLayout(line);
    const QSize within =
        ((parent != nullptr ? parent->size() : QSize(1280, 800)) - kMargins).expandedTo(kLeast);
    connect(&reader_, &PictureReader::read, this, [this, within](quint64, const Picture& picture) {
        view_->setPixmap(thumbnailOf(picture.preview, within, devicePixelRatioF()));
        adjustSize();
    });
    connect(&reader_, &PictureReader::failed, this,
            [this](quint64, const QString& message) { view_->setText(message); });
    reader_.view(row_, within * devicePixelRatioF());
}

void PictureDialog::save() {
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the picture"), windowTitle());
    if (file.isEmpty())
        return;
    QSaveFile out(file);
    const auto size = static_cast<qint64>(row_.content->size());
    if (!out.open(QIODevice::WriteOnly) || out.write(row_.content->data(), size) != size || !out.commit())
        facts_->setText(tr("%1 cannot be written: %2").arg(file, out.errorString()));
    else
        facts_->setText(tr("Written to %1").arg(file));
}

}  // namespace ui
