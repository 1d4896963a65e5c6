#pragma once

#include <QDialog>

#include "engine/prompt/tool_definitions.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QRadioButton;

namespace ui {

/// Functions that the model may ask for, as JSON that is checked while it is typed.
class ToolsDialog : public QDialog {
    Q_OBJECT

public:
    ToolsDialog(const QString& definitions, engine::ToolPlace place, QWidget* parent = nullptr);
    QString definitions() const;
    engine::ToolPlace place() const;

private:
    void check();

    QPlainTextEdit* text_;
    QRadioButton* inSystem_;
    QRadioButton* inUser_;
    QLabel* verdict_;
    QPushButton* keep_ = nullptr;
};

}  // namespace ui
