#pragma once

#include <QWidget>

#include "ui/settings.h"

class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace ui {

/// Temperature, top-p, seed and length: label left, value right.
class GenerationForm : public QWidget {
    Q_OBJECT

public:
    /// `prefix` begins the fields' object names: "compare" gives "compareSeed".
    GenerationForm(const GenerationChoice& choice, const QString& prefix, QWidget* parent = nullptr);
    GenerationChoice choice() const;

signals:
    void changed(ui::GenerationChoice choice);

private:
    QDoubleSpinBox* temperature_;
    QDoubleSpinBox* topP_;
    QLineEdit* seed_;
    QSpinBox* maxTokens_;
};

}  // namespace ui
