#include "ui/widgets/benchmark_setup.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "ui/dialogs/profile_dialog.h"
#include "ui/models/duration_text.h"
#include "ui/models/model_names.h"
#include "ui/models/plain_tip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/preflight_row.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

QToolButton* makeMenuButton(const QString& name, const QString& accessibleName, const QString& tip) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setAccessibleName(accessibleName);
    button->setToolTip(tip);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(new QMenu(button));
    return button;
}

}  // namespace

BenchmarkSetup::BenchmarkSetup(BenchmarkController& controller, QWidget* parent)
    : Card(parent),
      controller_(controller),
      profile_(makeMenuButton(QStringLiteral("profileButton"), tr("Profile"),
                              tr("What is measured, how often: a shipped profile or a file"))),
      mark_(makeChip({})),
      description_(new ElidedLabel),
      plan_(new ElidedLabel),
      edit_(new QToolButton),
      add_(makeMenuButton(QStringLiteral("benchmarkAddModelButton"), tr("Add a model"),
                          tr("Measure this model in place of the profile's own (Ctrl+O)"))),
      preflight_(new PreflightRow) {
    setObjectName(QStringLiteral("benchmarkSetup"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    column->addWidget(buildProfile());
    column->addWidget(buildModels());
    column->addWidget(preflight_);
    connect(&controller_, &BenchmarkController::changed, this, &BenchmarkSetup::update);
    connect(preflight_, &PreflightRow::checkWanted, &controller_, &BenchmarkController::checkMachine);
    fillProfileMenu();
    update();
}

void BenchmarkSetup::focusContent() {
    profile_->setFocus(Qt::OtherFocusReason);
}

QWidget* BenchmarkSetup::buildProfile() {
    mark_->setObjectName(QStringLiteral("profileMark"));
    description_->setObjectName(QStringLiteral("profileDescription"));
    description_->setTextFormat(Qt::PlainText);
    setStyleProperty(description_, "tone", "mute");
    edit_->setText(tr("Edit…"));
    edit_->setObjectName(QStringLiteral("profileEditButton"));
    edit_->setAccessibleName(tr("Edit the profile"));
    edit_->setToolTip(tr("Change what is measured, or save it as a file of your own"));
    connect(edit_, &QToolButton::clicked, this, &BenchmarkSetup::editProfile);
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(profile_);
    line->addWidget(edit_);
    line->addWidget(mark_);
    line->addWidget(description_, 1);
    return row;
}

QWidget* BenchmarkSetup::buildModels() {
    add_->setText(tr("+ Model"));
    fillModelMenu(add_->menu(), this, [this](const QString& path) { controller_.addModel(path); });
    plan_->setObjectName(QStringLiteral("benchmarkPlan"));
    plan_->setTextFormat(Qt::PlainText);
    plan_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    models_ = new QHBoxLayout;
    models_->setSpacing(6);
    line->addLayout(models_);
    line->addWidget(add_);
    line->addWidget(plan_, 1);
    return row;
}

void BenchmarkSetup::fillProfileMenu() {
    auto* menu = profile_->menu();
    for (const auto& profile : controller_.shipped()) {
        const QString id = QString::fromStdString(profile.id);
        auto* action = menu->addAction(QString::fromStdString(profile.name), this,
                                       [this, id] { controller_.chooseProfile(id); });
        action->setObjectName(QStringLiteral("profile_") + id);
        action->setToolTip(plainTip(QString::fromStdString(profile.description)));
    }
    menu->setToolTipsVisible(true);
    menu->addSeparator();
    menu->addAction(tr("Open a file…"), this, [this] {
        const QString file =
            QFileDialog::getOpenFileName(this, tr("Benchmark profile"), {}, tr("Profiles (*.yaml *.yml)"));
        if (!file.isEmpty())
            controller_.chooseProfile(file);
    });
}

void BenchmarkSetup::editProfile() {
    ProfileDialog dialog(controller_, this);
    if (dialog.exec() == QDialog::Accepted)
        controller_.setProfileText(dialog.text(), dialog.file());
}

QString BenchmarkSetup::planText() const {
    const auto& plan = controller_.plan();
    if (!plan.problem.isEmpty())
        return plan.problem;
    if (plan.lanes == 0)
        return {};
    return tr("%1 lanes × %2 tests, at most about %3%4")
        .arg(plan.lanes)
        .arg(plan.tests)
        .arg(durationText(plan.time.seconds),
             plan.time.measured ? QString() : tr(" (guessed from file sizes)"));
}

void BenchmarkSetup::update() {
    const bool idle = !controller_.busy();
    profile_->setText(QString::fromStdString(controller_.profile().name) + QStringLiteral(" ▾"));
    description_->setText(QString::fromStdString(controller_.profile().description));
    mark_->setText(controller_.unmodified() ? tr("unmodified ✓") : tr("not as shipped"));
    mark_->setToolTip(controller_.unmodified()
                          ? tr("Measures what the shipped profile measures; runs carry its SHA-256")
                          : tr("Own or changed profile; runs carry its SHA-256"));
    plan_->setText(planText());
    setStyleProperty(plan_, "tone", controller_.plan().problem.isEmpty() ? "mute" : "warning");
    for (auto* button : {profile_, edit_, add_})
        button->setEnabled(idle);
    showModels();
    if (preflight_->property("shown").toString() != QString::number(controller_.checks().size()) || idle)
        preflight_->show(controller_.checks());
    preflight_->setProperty("shown", QString::number(controller_.checks().size()));
}

void BenchmarkSetup::showModels() {
    QStringList wanted = controller_.models();
    wanted << (controller_.busy() ? QStringLiteral("busy") : QStringLiteral("idle"));
    if (wanted == shownModels_ && shownProfile_ == engine::profileDigest(controller_.profile()))
        return;
    shownModels_ = wanted;
    shownProfile_ = engine::profileDigest(controller_.profile());
    while (auto* item = models_->takeAt(0)) {
        retire(item->widget());
        delete item;
    }
    if (controller_.models().isEmpty())
        for (const auto& model : controller_.profile().models)
            models_->addWidget(makeChip(model.isPlace()
                                            ? tr("%1: to be chosen").arg(QString::fromStdString(model.name))
                                            : QString::fromStdString(model.name)));
    int at = 0;
    for (const auto& path : controller_.models()) {
        auto* remove = new QToolButton;
        remove->setText(QStringLiteral("%1 ✕").arg(modelTitle(path)));
        remove->setObjectName(QStringLiteral("benchmarkModel%1").arg(at++));
        remove->setAccessibleName(tr("Leave %1 out").arg(modelTitle(path)));
        remove->setToolTip(plainTip(path));
        remove->setEnabled(!controller_.busy());
        connect(remove, &QToolButton::clicked, this, [this, path] { controller_.removeModel(path); });
        models_->addWidget(remove);
    }
}

}  // namespace ui
