#include "ui/pages/system_page.h"

#include <QVBoxLayout>

#include "ui/widgets/machine_card.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/roofline_card.h"

namespace ui {

SystemPage::SystemPage(RooflineController& roofline, QWidget* parent)
    : QWidget(parent), machine_(new MachineCard), roofline_(new RooflineCard(roofline)) {
    setObjectName(QStringLiteral("page"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(makeHeader(tr("System"), {}, {}));
    column->addWidget(machine_);
    column->addWidget(roofline_, 1);
}

void SystemPage::focusContent() {
    roofline_->focusContent();
}

void SystemPage::showMachine(const MachineState& state) {
    machine_->show(state);
}

}  // namespace ui
