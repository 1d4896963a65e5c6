#include "ui/pages/system_page.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/system_services.h"
#include "ui/widgets/energy_card.h"
#include "ui/widgets/kernel_variants_card.h"
#include "ui/widgets/log_card.h"
#include "ui/widgets/machine_card.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/roofline_card.h"
#include "ui/widgets/storage_card.h"
#include "ui/widgets/topology_card.h"

namespace ui {

SystemPage::SystemPage(RooflineController& roofline, SystemServices& services, QWidget* parent)
    : QWidget(parent),
      controller_(roofline),
      services_(services),
      buttons_(new QButtonGroup(this)),
      sections_(new QStackedWidget),
      topology_(new TopologyCard),
      machine_(new MachineCard),
      energy_(new EnergyCard),
      kernels_(new KernelVariantsCard(services.kernels())),
      roofline_(new RooflineCard(roofline)),
      storage_(new StorageCard(services.upkeep())),
      log_(new LogCard) {
    setObjectName(QStringLiteral("page"));
    auto* choice = new QWidget;
    auto* line = new QHBoxLayout(choice);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(makeHeader(tr("System"), {}, {choice}));
    column->addWidget(sections_, 1);
    addSection(QStringLiteral("machine"), tr("Machine"), buildMachine(), line);
    addSection(QStringLiteral("kernels"), tr("Kernels"), kernels_, line);
    addSection(QStringLiteral("roofline"), tr("Roofline"), roofline_, line);
    addSection(QStringLiteral("storage"), tr("Storage and messages"), buildStorage(), line);
    connect(buttons_, &QButtonGroup::idClicked, this,
            [this](int at) { openSection(sections_->widget(at)->property("section_name").toString()); });
    connect(&services_, &SystemServices::topologyRead, topology_, &TopologyCard::show);
    connect(&services_, &SystemServices::topologyFailed, this, [this](const engine::Error& error) {
        topology_->showProblem(QString::fromStdString(error.message));
    });
    connect(log_, &LogCard::diagnosticsWanted, this, &SystemPage::diagnosticsWanted);
    openSection(QStringLiteral("machine"));
    emit services_.readTopologyRequested();
}

void SystemPage::addSection(const QString& name, const QString& label, QWidget* content, QHBoxLayout* line) {
    auto* button = makeButton(label, name + QStringLiteral("SectionButton"), {});
    button->setProperty("kind", "segment");
    button->setCheckable(true);
    content->setProperty("section_name", name);
    buttons_->addButton(button, sections_->addWidget(content));
    line->addWidget(button);
}

QWidget* SystemPage::buildMachine() {
    auto* section = new QWidget;
    auto* column = new QVBoxLayout(section);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(machine_);
    column->addWidget(topology_, 100);
    column->addWidget(energy_);
    column->addStretch(1);
    return section;
}

QWidget* SystemPage::buildStorage() {
    auto* section = new QWidget;
    auto* column = new QVBoxLayout(section);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(storage_);
    column->addWidget(log_, 1);
    return section;
}

void SystemPage::openSection(const QString& name) {
    for (int at = 0; at < sections_->count(); ++at) {
        if (sections_->widget(at)->property("section_name").toString() != name)
            continue;
        sections_->setCurrentIndex(at);
        buttons_->button(at)->setChecked(true);
    }
    if (name != QLatin1String("storage"))
        return;
    log_->refresh();
    services_.upkeep().measure();
}

void SystemPage::focusContent() {
    const auto* shown = sections_->currentWidget();
    if (shown == kernels_)
        kernels_->focusContent();
    else if (shown == roofline_)
        roofline_->focusContent();
    else if (shown->isAncestorOf(storage_))
        storage_->focusContent();
    else
        topology_->focusContent();
}

void SystemPage::stop() {
    controller_.stop();
    services_.stop();
}

void SystemPage::showMachine(const MachineState& state) {
    machine_->show(state);
    energy_->show(state);
}

}  // namespace ui
