#pragma once

#include <QWidget>
#include <vector>

#include "engine/benchmark/preflight.h"

class QHBoxLayout;
class QPushButton;

namespace ui {

/// What about the machine would spoil a measurement, a mark and a few words each, with the command that mends
/// it to copy.
class PreflightRow : public QWidget {
    Q_OBJECT

public:
    explicit PreflightRow(QWidget* parent = nullptr);
    void show(const std::vector<engine::PreflightCheck>& checks);

signals:
    void checkWanted();

private:
    QHBoxLayout* line_;
    QPushButton* fix_;
    QPushButton* again_;
    std::vector<engine::PreflightCheck> checks_;
    QString commands_;
};

}  // namespace ui
