#pragma once

#include <QWidget>
#include <optional>

#include "engine/catalog/tensor_histogram.h"

namespace ui {

/// How the values of a tensor are spread, as bars, with the range below; hovering tells a bar's count.
class HistogramView : public QWidget {
    Q_OBJECT

public:
    explicit HistogramView(QWidget* parent = nullptr);
    void setHistogram(std::optional<engine::TensorHistogram> histogram);
    const std::optional<engine::TensorHistogram>& histogram() const { return histogram_; }
    QSize minimumSizeHint() const override { return {160, 80}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QRectF plotArea() const;

    std::optional<engine::TensorHistogram> histogram_;
};

}  // namespace ui
