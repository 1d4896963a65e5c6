#include "ui/widgets/generation_form.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QValidator>
#include <algorithm>
#include <cmath>

#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kFieldWidth = 100;

/// Takes every number of 64 bits; a spin box ends at 2^31.
class SeedValidator : public QValidator {
public:
    using QValidator::QValidator;
    State validate(QString& text, int&) const override {
        const bool digits =
            std::all_of(text.cbegin(), text.cend(), [](QChar c) { return c >= u'0' && c <= u'9'; });
        bool fits = false;
        text.toULongLong(&fits);
        return text.isEmpty() ? Intermediate : digits && fits ? Acceptable : Invalid;
    }
};

bool near(double a, double b) {
    return std::abs(a - b) < 1e-4;
}

QSpinBox* makeCount(int value, int low, int high) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    box->setValue(value);
    return box;
}

QDoubleSpinBox* makeNumber(double value, double low, double high, double step) {
    auto* box = new QDoubleSpinBox;
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setValue(value);
    return box;
}

void addRow(QGridLayout* grid, const QString& text, QWidget* field, const QString& objectName,
            const QString& tip) {
    auto* label = new QLabel(text);
    setStyleProperty(label, "tone", "small");
    label->setBuddy(field);
    field->setObjectName(objectName);
    field->setAccessibleName(text);
    field->setToolTip(tip);
    field->setFixedWidth(kFieldWidth);
    const int row = grid->rowCount();
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row, 1, Qt::AlignRight);
}

}  // namespace

GenerationForm::GenerationForm(const GenerationChoice& choice, const QString& prefix, QWidget* parent)
    : QWidget(parent),
      preset_(new QToolButton),
      temperature_(makeNumber(choice.temperature, 0.0, 2.0, 0.1)),
      topP_(makeNumber(choice.topP, 0.01, 1.0, 0.05)),
      topK_(makeCount(choice.topK, 0, 1 << 20)),
      minP_(makeNumber(choice.minP, 0.0, 1.0, 0.01)),
      repetitionPenalty_(makeNumber(choice.repetitionPenalty, 0.5, 2.0, 0.05)),
      seed_(new QLineEdit(QString::number(choice.seed))),
      maxTokens_(makeCount(choice.maxTokens, 1, 1 << 20)) {
    seed_->setValidator(new SeedValidator(seed_));
    topK_->setSpecialValueText(tr("off"));
    minP_->setSpecialValueText(tr("off"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    addFields(grid, prefix);
    fillPresets();
    for (auto* box : {temperature_, topP_, minP_, repetitionPenalty_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &GenerationForm::report);
    for (auto* box : {topK_, maxTokens_})
        connect(box, &QSpinBox::valueChanged, this, &GenerationForm::report);
    connect(seed_, &QLineEdit::textChanged, this, &GenerationForm::report);
}

void GenerationForm::addFields(QGridLayout* grid, const QString& prefix) {
    preset_->setProperty("kind", "field");
    preset_->setPopupMode(QToolButton::InstantPopup);
    addRow(grid, tr("Preset"), preset_, prefix + QStringLiteral("Preset"), tr("Settings under a name"));
    addRow(grid, tr("Temperature"), temperature_, prefix + QStringLiteral("Temperature"),
           tr("0 always takes the most likely token"));
    addRow(grid, tr("Top-p"), topP_, prefix + QStringLiteral("TopP"),
           tr("Tokens that hold this share of the probability; 1 = all"));
    addRow(grid, tr("Top-k"), topK_, prefix + QStringLiteral("TopK"),
           tr("Only this many of the most likely tokens; 0 = all"));
    addRow(grid, tr("Min-p"), minP_, prefix + QStringLiteral("MinP"),
           tr("Leaves out tokens below this share of the most likely one's probability; 0 = none"));
    addRow(grid, tr("Repetition"), repetitionPenalty_, prefix + QStringLiteral("RepetitionPenalty"),
           tr("Penalty on tokens that were used before; 1 = none"));
    addRow(grid, tr("Seed"), seed_, prefix + QStringLiteral("Seed"),
           tr("The same seed gives the same answer"));
    addRow(grid, tr("Longest answer"), maxTokens_, prefix + QStringLiteral("MaxTokens"),
           tr("Tokens to generate at most"));
}

void GenerationForm::fillPresets() {
    auto presets = engine::generationPresets();
    preset_->setEnabled(presets.has_value());
    if (!presets) {
        preset_->setToolTip(QString::fromStdString(presets.error().message));
        return;
    }
    presets_ = std::move(*presets);
    auto* menu = new QMenu(preset_);
    menu->setToolTipsVisible(true);
    for (const auto& preset : presets_) {
        auto* action = menu->addAction(QString::fromStdString(preset.name));
        action->setToolTip(QString::fromStdString(preset.description));
        connect(action, &QAction::triggered, this,
                [this, sampling = preset.sampling] { applyPreset(sampling); });
    }
    preset_->setMenu(menu);
    report();
}

void GenerationForm::applyPreset(const engine::SamplingOptions& sampling) {
    {
        const QSignalBlocker blockers[] = {QSignalBlocker(temperature_), QSignalBlocker(topP_),
                                           QSignalBlocker(topK_), QSignalBlocker(minP_),
                                           QSignalBlocker(repetitionPenalty_)};
        temperature_->setValue(static_cast<double>(sampling.temperature));
        topP_->setValue(static_cast<double>(sampling.topP));
        topK_->setValue(static_cast<int>(sampling.topK));
        minP_->setValue(static_cast<double>(sampling.minP));
        repetitionPenalty_->setValue(static_cast<double>(sampling.repetitionPenalty));
    }
    report();
}

void GenerationForm::report() {
    QString name = tr("Custom");
    for (const auto& preset : presets_) {
        const auto& s = preset.sampling;
        const bool greedy = near(temperature_->value(), 0.0) &&
                            near(static_cast<double>(s.temperature), 0.0);  // the rest has no say
        if (greedy || (near(temperature_->value(), static_cast<double>(s.temperature)) &&
                       near(topP_->value(), static_cast<double>(s.topP)) && topK_->value() == s.topK &&
                       near(minP_->value(), static_cast<double>(s.minP)) &&
                       near(repetitionPenalty_->value(), static_cast<double>(s.repetitionPenalty))))
            name = QString::fromStdString(preset.name);
    }
    preset_->setText(name + QStringLiteral(" ▾"));
    emit changed(choice());
}

GenerationChoice GenerationForm::choice() const {
    return {temperature_->value(),
            topP_->value(),
            topK_->value(),
            minP_->value(),
            repetitionPenalty_->value(),
            seed_->text().toULongLong(),
            maxTokens_->value()};
}

}  // namespace ui
