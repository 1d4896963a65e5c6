#pragma once

#include <QDialog>

class QCheckBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace ui {

/// What a report of a fault needs, shown in full before it is saved or copied.
class DiagnosticsDialog : public QDialog {
    Q_OBJECT

public:
    explicit DiagnosticsDialog(QWidget* parent = nullptr);

public slots:
    void showText(const QString& text);

signals:
    void collectWanted(bool homePaths);

private:
    void save();

    QPlainTextEdit* text_;
    QCheckBox* homePaths_;
    QLabel* message_;
    QPushButton* save_;
    QPushButton* copy_;
};

}  // namespace ui
