#include "ui/widgets/preflight_row.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/models/plain_tip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

using State = engine::PreflightCheck::State;

QString markOf(State state) {
    return state == State::good      ? QStringLiteral("✓")
           : state == State::warning ? QStringLiteral("⚠")
                                     : QStringLiteral("–");
}

}  // namespace

PreflightRow::PreflightRow(QWidget* parent)
    : QWidget(parent),
      line_(new QHBoxLayout(this)),
      fix_(makeButton(tr("Copy fix"), QStringLiteral("preflightFixButton"), {})),
      again_(makeButton(tr("Check again"), QStringLiteral("preflightAgainButton"),
                        tr("Reads power, governor, load, temperature and energy anew"))) {
    line_->setContentsMargins(0, 0, 0, 0);
    line_->setSpacing(14);
    line_->addStretch(1);
    line_->addWidget(fix_);
    line_->addWidget(again_);
    fix_->hide();
    connect(again_, &QPushButton::clicked, this, &PreflightRow::checkWanted);
    connect(fix_, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(commands_); });
}

void PreflightRow::show(const std::vector<engine::PreflightCheck>& checks) {
    while (line_->count() > 3) {
        auto* item = line_->takeAt(0);
        delete item->widget();
        delete item;
    }
    commands_.clear();
    int at = 0;
    for (const auto& check : checks) {
        auto* label =
            new QLabel(QStringLiteral("%1 %2").arg(markOf(check.state), QString::fromStdString(check.text)));
        label->setObjectName(QStringLiteral("preflight_") + QString::fromStdString(check.id));
        label->setTextFormat(Qt::PlainText);
        label->setToolTip(plainTip(QString::fromStdString(check.advice)));
        setStyleProperty(label, "tone",
                         check.state == State::good      ? "good"
                         : check.state == State::warning ? "bad"
                                                         : "small");
        line_->insertWidget(at++, label);
        if (!check.command.empty())
            commands_ += QString::fromStdString(check.command) + QLatin1Char('\n');
    }
    fix_->setVisible(!commands_.isEmpty());
    fix_->setToolTip(plainTip(tr("Copies: %1").arg(commands_.trimmed())));
}

}  // namespace ui
