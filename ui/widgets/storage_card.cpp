#include "ui/widgets/storage_card.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

QString bytes(std::int64_t count) {
    return QString::fromStdString(engine::formatMetric("peak_rss_bytes", static_cast<double>(count)));
}

}  // namespace

StorageCard::StorageCard(UpkeepController& controller, QWidget* parent)
    : Card(parent),
      controller_(controller),
      size_(new ElidedLabel),
      check_(makeButton(tr("Check"), QStringLiteral("databaseCheckButton"),
                        tr("SQLite's integrity check, beside what is written"))),
      backUp_(makeButton(tr("Back up…"), QStringLiteral("databaseBackupButton"),
                         tr("Writes a consistent copy to a file; chats and runs may go on"))),
      stop_(makeButton(tr("Stop"), QStringLiteral("databaseStopButton"), tr("Stop (Esc)"))),
      bar_(new QProgressBar),
      message_(new QLabel) {
    setObjectName(QStringLiteral("storageCard"));
    auto* title = new QLabel(tr("Database"));
    setStyleProperty(title, "tone", "heading");
    auto* place = new ElidedLabel(controller.database());
    place->setObjectName(QStringLiteral("databasePlace"));
    setStyleProperty(place, "tone", "small");
    size_->setObjectName(QStringLiteral("databaseSize"));
    check_->setAccessibleName(tr("Check the database"));
    backUp_->setAccessibleName(tr("Back up the database"));
    stop_->setProperty("kind", "stop");
    bar_->setObjectName(QStringLiteral("databaseProgress"));
    bar_->setAccessibleName(tr("Progress of the check or backup"));
    bar_->setTextVisible(false);
    bar_->setFixedHeight(4);
    message_->setObjectName(QStringLiteral("databaseMessage"));
    message_->setTextFormat(Qt::PlainText);
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title);
    head->addSpacing(4);
    head->addWidget(size_, 1);
    head->addWidget(stop_);
    head->addWidget(check_);
    head->addWidget(backUp_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(place);
    column->addWidget(bar_);
    column->addWidget(message_);
    connect(check_, &QPushButton::clicked, &controller_, &UpkeepController::check);
    connect(backUp_, &QPushButton::clicked, this, &StorageCard::chooseBackup);
    connect(stop_, &QPushButton::clicked, &controller_, &UpkeepController::stop);
    connect(&controller_, &UpkeepController::changed, this, &StorageCard::updateState);
    updateState();
}

void StorageCard::focusContent() {
    check_->setFocus(Qt::OtherFocusReason);
}

void StorageCard::chooseBackup() {
    const QString target = QFileDialog::getSaveFileName(
        this, tr("Back up the database"), controller_.suggestedBackup(), tr("SQLite databases (*.sqlite)"));
    if (!target.isEmpty())
        controller_.backUp(target);
}

void StorageCard::updateState() {
    using State = UpkeepController::State;
    const auto state = controller_.state();
    const bool idle = state == State::idle;
    const bool hadFocus = check_->hasFocus() || backUp_->hasFocus() || stop_->hasFocus();
    check_->setVisible(idle);
    backUp_->setVisible(idle);
    stop_->setVisible(!idle);
    stop_->setEnabled(state != State::stopping);
    stop_->setText(state == State::stopping ? tr("Stopping…") : tr("Stop"));
    stop_->setAccessibleName(stop_->text());
    if (hadFocus)
        (idle ? check_ : stop_)->setFocus(Qt::OtherFocusReason);
    bar_->setVisible(!idle);
    bar_->setRange(0, controller_.total());
    bar_->setValue(controller_.done());
    const auto& size = controller_.size();
    size_->setText(!size ? QString()
                   : size->freeBytes > 0
                       ? tr("%1, %2 of it free").arg(bytes(size->bytes), bytes(size->freeBytes))
                       : bytes(size->bytes));
    message_->setText(controller_.message());
    message_->setVisible(!controller_.message().isEmpty());
    setStyleProperty(message_, "tone", controller_.messageIsWarning() ? "warning" : "mute");
}

}  // namespace ui
