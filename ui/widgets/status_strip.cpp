#include "ui/widgets/status_strip.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kHeight = 26;
constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

}  // namespace

StatusStrip::StatusStrip(QWidget* parent)
    : QFrame(parent),
      kernels_(new QLabel),
      memory_(new QLabel),
      energy_(new QLabel),
      problem_(new ElidedLabel),
      database_(new QLabel) {
    setObjectName(QStringLiteral("statusStrip"));
    setFixedHeight(kHeight);
    kernels_->setObjectName(QStringLiteral("statusKernels"));
    memory_->setObjectName(QStringLiteral("statusMemory"));
    energy_->setObjectName(QStringLiteral("statusEnergy"));
    problem_->setObjectName(QStringLiteral("statusProblem"));
    database_->setObjectName(QStringLiteral("statusDatabase"));
    setStyleProperty(problem_, "tone", "warning");
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(14, 0, 14, 0);
    line->setSpacing(18);
    line->addWidget(kernels_);
    line->addWidget(memory_);
    line->addWidget(energy_);
    line->addWidget(problem_, 1);
    line->addWidget(database_);
}

void StatusStrip::showMachine(const MachineState& state) {
    kernels_->setText(tr("%1 · %n thread(s)", nullptr, state.threads).arg(state.kernels));
    kernels_->setToolTip(
        tr("%1\nInstructions: %2").arg(QString::fromStdString(state.info.cpu), QString::fromStdString([&] {
                                           std::string text;
                                           for (const auto& feature : state.info.isa)
                                               text += (text.empty() ? "" : ", ") + feature;
                                           return text;
                                       }())));
    const auto total = static_cast<double>(state.info.memoryBytes) / kGiB;
    const auto used = static_cast<double>(state.info.memoryBytes - state.info.availableMemoryBytes) / kGiB;
    memory_->setText(tr("RAM %1 of %2 GiB").arg(used, 0, 'f', 1).arg(total, 0, 'f', 1));
    QString source, reasons;
    for (const auto& meter : state.meters) {
        const auto name = QString::fromStdString(meter.name);
        if (meter.available && meter.provenance == engine::Provenance::measured && source.isEmpty())
            source = name;
        QString standing = QString::fromStdString(meter.reason);
        if (meter.available)
            standing = meter.provenance == engine::Provenance::measured
                           ? tr("available")
                           : tr("an estimate, made when asked for");
        reasons += QStringLiteral("%1: %2\n").arg(name, standing);
    }
    energy_->setText(source.isEmpty() ? tr("Energy: no meter") : tr("Energy: %1").arg(source));
    energy_->setToolTip(reasons.trimmed());
}

void StatusStrip::showDatabase(const QString& file, int runs) {
    database_->setText(tr("%1 · %n run(s)", nullptr, runs).arg(QFileInfo(file).fileName()));
    database_->setToolTip(file);
}

void StatusStrip::showProblem(const QString& message) {
    problem_->setText(message);
}

}  // namespace ui
