#include "ui/widgets/energy_card.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/base/resources.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {

QString EnergyCard::command() {
    const auto script =
        engine::resourcePath("demo").parent_path().parent_path() / "installer" / "allow-energy";
    const QString file = QString::fromStdString(script.string());
    if (QFileInfo(file).isFile())
        return QStringLiteral("sudo bash '%1'").arg(file);
    return QStringLiteral("sudo apt install ./anven-workbench-energy_*.deb");
}

EnergyCard::EnergyCard(QWidget* parent)
    : Card(parent),
      grid_(new QGridLayout),
      hint_(new QLabel),
      commandRow_(new QWidget),
      copy_(makeButton(tr("Copy"), QStringLiteral("energyCopyButton"), tr("Copies the command"))) {
    setObjectName(QStringLiteral("energyCard"));
    auto* title = new QLabel(tr("Energy sources"));
    setStyleProperty(title, "tone", "heading");
    grid_->setHorizontalSpacing(12);
    grid_->setVerticalSpacing(4);
    grid_->setColumnStretch(2, 1);
    hint_->setWordWrap(true);
    hint_->setObjectName(QStringLiteral("energyHint"));
    setStyleProperty(hint_, "tone", "small");
    hint_->setText(
        tr("This lets the group anven-energy read the processor's counters. Who can read them can learn a "
           "little of what other programs compute (CVE-2020-8694); with --undo it is taken back."));
    auto* text = new ElidedLabel(command());
    text->setObjectName(QStringLiteral("energyCommand"));
    text->setFont(QFont(QStringLiteral("monospace")));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    copy_->setAccessibleName(tr("Copy the command that opens the energy counters"));
    auto* line = new QHBoxLayout(commandRow_);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(text, 1);
    line->addWidget(copy_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    column->addWidget(title);
    column->addLayout(grid_);
    column->addWidget(commandRow_);
    column->addWidget(hint_);
    column->addStretch(1);
    connect(copy_, &QPushButton::clicked, this, [] { QGuiApplication::clipboard()->setText(command()); });
    commandRow_->hide();
    hint_->hide();
}

void EnergyCard::show(const MachineState& state) {
    QString now;
    for (const auto& meter : state.meters)
        now += QString::fromStdString(meter.name + "\n" + meter.reason + "\n");
    if (now == shown_)
        return;
    shown_ = now;
    rebuild(state.meters);
    bool forbidden = false;
    for (const auto& meter : state.meters)
        forbidden = forbidden || (!meter.available && meter.reason.find("permission") != std::string::npos);
    commandRow_->setVisible(forbidden);
    hint_->setVisible(forbidden);
}

void EnergyCard::rebuild(const std::vector<engine::MeterStatus>& meters) {
    while (auto* item = grid_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto& meter : meters) {
        const bool measures = meter.available && meter.provenance == engine::Provenance::measured;
        auto* sign = new QLabel(measures          ? QStringLiteral("✓")
                                : meter.available ? QStringLiteral("≈")
                                                  : QStringLiteral("–"));
        setStyleProperty(sign, "tone", measures ? "good" : "mute");
        auto* name = new QLabel(QString::fromStdString(meter.name));
        name->setTextFormat(Qt::PlainText);
        auto* why = new ElidedLabel(measures          ? tr("available")
                                    : meter.available ? tr("an estimate, made when asked for")
                                                      : QString::fromStdString(meter.reason));
        setStyleProperty(why, "tone", "small");
        why->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        grid_->addWidget(sign, row, 0);
        grid_->addWidget(name, row, 1);
        grid_->addWidget(why, row, 2);
        ++row;
    }
}

}  // namespace ui
