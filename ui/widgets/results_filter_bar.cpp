#include "ui/widgets/results_filter_bar.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {

ResultsFilterBar::ResultsFilterBar(RunTableModel& table, RunFilter& filter, QWidget* parent)
    : QWidget(parent), table_(table), filter_(filter), search_(new QLineEdit) {
    search_->setObjectName(QStringLiteral("resultsSearch"));
    search_->setAccessibleName(tr("Search runs"));
    search_->setPlaceholderText(tr("Search…"));
    search_->setToolTip(tr("Search model, kernels, prompt, note, tag (Ctrl+F)"));
    search_->setMinimumWidth(110);
    search_->setMaximumWidth(220);
    search_->setClearButtonEnabled(true);
    connect(search_, &QLineEdit::textChanged, &filter_, &QSortFilterProxyModel::setFilterFixedString);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    line->addWidget(search_, 1);
    line->addWidget(addMenu(tr("Model"), QStringLiteral("filterModel"), RunTableModel::modelRole));
    line->addWidget(addMenu(tr("Kernel"), QStringLiteral("filterKernel"), RunTableModel::kernelsRole));
    line->addWidget(addMenu(tr("Host"), QStringLiteral("filterHost"), RunTableModel::machineRole));
    addDateMenu();
    line->addWidget(date_);
    line->addWidget(addMenu(tr("Tag"), QStringLiteral("filterTag"), RunTableModel::tagsRole));
    connect(&filter_, &RunFilter::changed, this, &ResultsFilterBar::updateState);
    updateState();
}

void ResultsFilterBar::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
}

QPushButton* ResultsFilterBar::addMenu(const QString& text, const QString& objectName,
                                       RunTableModel::Role role) {
    auto* button = makeButton(tr("%1 ▾").arg(text), objectName, {});
    button->setAccessibleName(tr("Filter by %1").arg(text));
    auto* menu = new QMenu(button);
    button->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu, role] { fillMenu(menu, role); });
    menus_.push_back({button, role});
    return button;
}

void ResultsFilterBar::fillMenu(QMenu* menu, RunTableModel::Role role) {
    menu->clear();
    const QString now = filter_.choice(role);
    const auto add = [&](const QString& label, const QString& choice) {
        auto* action = menu->addAction(QString(label).replace(QLatin1Char('&'), QLatin1String("&&")), this,
                                       [this, role, choice] { filter_.setChoice(role, choice); });
        action->setCheckable(true);
        action->setChecked(choice == now);
    };
    add(tr("All"), {});
    menu->addSeparator();
    for (const auto& choice : table_.choicesOf(role))
        add(choice, choice);
}

void ResultsFilterBar::addDateMenu() {
    date_ = makeButton(tr("Date ▾"), QStringLiteral("filterDate"), {});
    date_->setAccessibleName(tr("Filter by date"));
    auto* menu = new QMenu(date_);
    const QPair<QString, int> spans[] = {{tr("All"), 0},
                                         {tr("Last 24 hours"), 1},
                                         {tr("Last 7 days"), 7},
                                         {tr("Last 30 days"), 30},
                                         {tr("Last year"), 365}};
    for (const auto& [label, days] : spans) {
        auto* action = menu->addAction(label, this, [this, days = days] { filter_.setDays(days); });
        action->setCheckable(true);
        connect(menu, &QMenu::aboutToShow, action,
                [this, action, days = days] { action->setChecked(filter_.days() == days); });
    }
    date_->setMenu(menu);
}

void ResultsFilterBar::updateState() {
    const bool any = table_.rowCount() > 0;
    search_->setEnabled(any);
    const auto show = [any](QPushButton* button, bool chosen, const QString& tip) {
        button->setEnabled(any);
        button->setToolTip(tip);
        setStyleProperty(button, "kind", chosen ? "chosen" : "");
    };
    for (const auto& [button, role] : menus_) {
        const QString choice = filter_.choice(role);
        show(button, !choice.isEmpty(),
             choice.isEmpty() ? tr("Show all, or one of them") : tr("Shows %1").arg(choice));
    }
    show(date_, filter_.days() > 0,
         filter_.days() > 0 ? tr("Shows the last %n day(s)", nullptr, filter_.days())
                            : tr("Show all, or the newest"));
}

}  // namespace ui
