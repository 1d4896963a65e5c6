#include "ui/widgets/machine_card.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/models/plain_tip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kColumns = 4;
constexpr int kShares[kColumns] = {6, 5, 6, 5};  // names of CPUs and systems are long

QString bytes(std::int64_t count) {
    return QString::fromStdString(engine::formatMetric("peak_rss_bytes", static_cast<double>(count)));
}

void setFact(ElidedLabel* label, const QString& text) {
    label->setText(text.isEmpty() ? QStringLiteral("–") : text);
}

QString cachesOf(const engine::SystemInfo& info) {
    QStringList parts;
    for (const auto& cache : info.caches)
        if (cache.level >= 2)
            parts << MachineCard::tr("L%1 %2 × %3").arg(cache.level).arg(cache.count).arg(bytes(cache.bytes));
    return parts.join(QStringLiteral(" · "));
}

QString energyOf(const MachineState& state) {
    for (const auto& meter : state.meters)
        if (meter.available && meter.provenance == engine::Provenance::measured)
            return QString::fromStdString(meter.name);
    return MachineCard::tr("no meter");
}

QString reasonsOf(const MachineState& state) {
    QStringList lines;
    for (const auto& meter : state.meters)
        if (!meter.reason.empty())
            lines << QStringLiteral("%1: %2").arg(QString::fromStdString(meter.name),
                                                  QString::fromStdString(meter.reason));
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

MachineCard::MachineCard(QWidget* parent) : Card(parent) {
    setObjectName(QStringLiteral("machineCard"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(12, 10, 12, 10);
    grid->setHorizontalSpacing(20);
    grid->setVerticalSpacing(8);
    for (int column = 0; column < kColumns; ++column)
        grid->setColumnStretch(column, kShares[column]);
    cpu_ = addFact(grid, tr("CPU"), QStringLiteral("machineCpu"));
    cores_ = addFact(grid, tr("Cores"), QStringLiteral("machineCores"));
    caches_ = addFact(grid, tr("Caches"), QStringLiteral("machineCaches"));
    memory_ = addFact(grid, tr("Memory"), QStringLiteral("machineMemory"));
    kernels_ = addFact(grid, tr("Kernels"), QStringLiteral("machineKernels"));
    governor_ = addFact(grid, tr("Governor"), QStringLiteral("machineGovernor"));
    system_ = addFact(grid, tr("System"), QStringLiteral("machineSystem"));
    energy_ = addFact(grid, tr("Energy meter"), QStringLiteral("machineEnergy"));
}

ElidedLabel* MachineCard::addFact(QGridLayout* grid, const QString& label, const QString& objectName) {
    auto* name = new QLabel(label);
    setStyleProperty(name, "tone", "small");
    auto* value = new ElidedLabel(QStringLiteral("–"));
    value->setObjectName(objectName);
    value->setAccessibleName(label);
    value->setTextFormat(Qt::PlainText);
    value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* column = new QVBoxLayout;
    column->setSpacing(2);
    column->addWidget(name);
    column->addWidget(value);
    const int at = grid->count();
    grid->addLayout(column, at / kColumns, at % kColumns);
    return value;
}

void MachineCard::show(const MachineState& state) {
    const auto& info = state.info;
    setFact(cpu_, QString::fromStdString(info.cpu));
    setFact(cores_, info.physicalCores > 0
                        ? tr("%1 physical · %2 logical").arg(info.physicalCores).arg(info.logicalCpus)
                        : QString());
    setFact(caches_, cachesOf(info));
    setFact(memory_,
            info.memoryBytes > 0
                ? tr("%1 of %2 available").arg(bytes(info.availableMemoryBytes), bytes(info.memoryBytes))
                : QString());
    setFact(kernels_, tr("%1 · %n thread(s)", nullptr, state.threads).arg(state.kernels));
    setFact(governor_, QString::fromStdString(info.governor));
    QStringList system{QString::fromStdString(info.os)};
    if (!info.virtualization.empty() && info.virtualization != "none")
        system << QString::fromStdString(info.virtualization);
    setFact(system_, system.join(QStringLiteral(" · ")));
    setFact(energy_, energyOf(state));
    energy_->setToolTip(plainTip(reasonsOf(state)));
}

}  // namespace ui
