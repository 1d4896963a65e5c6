#pragma once

#include <QWidget>
#include <vector>

#include "engine/generate/generation_preset.h"
#include "ui/settings.h"

class QDoubleSpinBox;
class QGridLayout;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace ui {

/// How answers are sampled: a preset or one's own values. `prefix` begins the object names
/// ("compareTemperature").
class GenerationForm : public QWidget {
    Q_OBJECT

public:
    GenerationForm(const GenerationChoice& choice, const QString& prefix, QWidget* parent = nullptr);
    GenerationChoice choice() const;

signals:
    void changed(ui::GenerationChoice choice);

private:
    void addFields(QGridLayout* grid, const QString& prefix);
    void fillPresets();
    void applyPreset(const engine::SamplingOptions& sampling);
    void report();

    QToolButton* preset_;
    QDoubleSpinBox* temperature_;
    QDoubleSpinBox* topP_;
    QSpinBox* topK_;
    QDoubleSpinBox* minP_;
    QDoubleSpinBox* repetitionPenalty_;
    QLineEdit* seed_;
    QSpinBox* maxTokens_;
    std::vector<engine::GenerationPreset> presets_;
};

}  // namespace ui
