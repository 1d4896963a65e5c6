#pragma once

#include <QDialog>
#include <vector>

#include "engine/report/report.h"

namespace ui {

/// Raw samples behind a number, to look at, sort and copy.
class SamplesDialog : public QDialog {
    Q_OBJECT

public:
    SamplesDialog(const QString& title, std::vector<engine::SampleRow> samples, QWidget* parent = nullptr);
};

/// Those of one point of a plot, or of the whole lane where `summary` is null.
std::vector<engine::SampleRow> samplesOf(const engine::LaneReport& lane,
                                         const engine::MetricSummary* summary);

}  // namespace ui
