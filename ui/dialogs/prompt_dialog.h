#pragma once

#include <QDialog>

#include "engine/prompt/prompt_format.h"

class QLabel;
class QPlainTextEdit;

namespace ui {

/// The prompt exactly as the model reads it, special tokens spelled out.
class PromptDialog : public QDialog {
    Q_OBJECT

public:
    explicit PromptDialog(const QString& model, QWidget* parent = nullptr);
    void showPrompt(const engine::RenderedPrompt& prompt);
    void showError(const QString& message);

private:
    QLabel* state_;
    QPlainTextEdit* text_;
    QPlainTextEdit* tokens_;
};

}  // namespace ui
