#pragma once

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace ui {

class BenchmarkController;

/// Edits a benchmark profile as text; what is wrong stands below with line and column while it is typed.
class ProfileDialog : public QDialog {
    Q_OBJECT

public:
    explicit ProfileDialog(BenchmarkController& controller, QWidget* parent = nullptr);
    QString text() const;
    QString file() const { return file_; }

private:
    void check();
    void saveAs();

    BenchmarkController& controller_;
    QString file_;
    QPlainTextEdit* text_;
    QLabel* state_;
    QPushButton* use_;
    QPushButton* save_;
};

}  // namespace ui
