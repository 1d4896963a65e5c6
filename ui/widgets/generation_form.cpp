#include "ui/widgets/generation_form.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpressionValidator>
#include <QSpinBox>

#include "ui/widgets/style_property.h"

namespace ui {
namespace {

QDoubleSpinBox* makeNumber(double value, double low, double high, double step) {
    auto* box = new QDoubleSpinBox;
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setValue(value);
    return box;
}

void addRow(QGridLayout* grid, const QString& text, QWidget* field, const QString& objectName, const QString& tip) {
    auto* label = new QLabel(text);
    setStyleProperty(label, "tone", "small");
    label->setBuddy(field);
    field->setObjectName(objectName);
    field->setAccessibleName(text);
    field->setToolTip(tip);
    field->setFixedWidth(96);
    const int row = grid->rowCount();
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row, 1, Qt::AlignRight);
}

}  // namespace

GenerationForm::GenerationForm(const GenerationChoice& choice, const QString& prefix, QWidget* parent)
    : QWidget(parent), temperature_(makeNumber(choice.temperature, 0.0, 2.0, 0.1)), topP_(makeNumber(choice.topP, 0.01, 1.0, 0.05)),
      seed_(new QLineEdit(QString::number(choice.seed))), maxTokens_(new QSpinBox) {
    maxTokens_->setRange(1, 1 << 20);
    maxTokens_->setValue(choice.maxTokens);
    // A spin box ends at 2^31; a seed has 64 bits.
    seed_->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{1,19}")), seed_));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    addRow(grid, tr("Temperature"), temperature_, prefix + QStringLiteral("Temperature"), tr("0 always takes the most likely token"));
    addRow(grid, tr("Top-p"), topP_, prefix + QStringLiteral("TopP"), tr("Tokens that hold this share of the probability; 1 = all"));
    addRow(grid, tr("Seed"), seed_, prefix + QStringLiteral("Seed"), tr("The same seed gives the same answer"));
    addRow(grid, tr("Longest answer"), maxTokens_, prefix + QStringLiteral("MaxTokens"), tr("Tokens to generate at most"));
    const auto report = [this] { emit changed(this->choice()); };
    connect(temperature_, &QDoubleSpinBox::valueChanged, this, report);
    connect(topP_, &QDoubleSpinBox::valueChanged, this, report);
    connect(seed_, &QLineEdit::textChanged, this, report);
    connect(maxTokens_, &QSpinBox::valueChanged, this, report);
}

GenerationChoice GenerationForm::choice() const {
    return {temperature_->value(), topP_->value(), seed_->text().toULongLong(), maxTokens_->value()};
}

}  // namespace ui
