#pragma once

#include <QDialog>

#include "ui/commands.h"

namespace ui {

/// Every key of the window, and where to go from here.
class HelpDialog : public QDialog {
    Q_OBJECT

public:
    explicit HelpDialog(const QVector<Command>& commands, QWidget* parent = nullptr);

signals:
    void firstStepsWanted();
    void paletteWanted();
};

}  // namespace ui
