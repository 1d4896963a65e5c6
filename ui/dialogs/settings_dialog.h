#pragma once

#include <QDialog>

class QFormLayout;
class QLabel;
class QWidget;

namespace ui {

class Workbench;

/// Look, language and what models are loaded with. What is changed applies at once and is kept.
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    explicit SettingsDialog(Workbench& workbench, QWidget* parent = nullptr);

private:
    QWidget* buildTheme();
    QWidget* buildLanguage();
    QWidget* buildThreads();
    QWidget* buildContext();

    Workbench& workbench_;
    QLabel* languageNote_;
};

}  // namespace ui
