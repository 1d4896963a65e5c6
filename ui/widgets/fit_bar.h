#pragma once

#include <QWidget>
#include <optional>

#include "engine/catalog/memory_fit.h"

namespace ui {

/// The items of a memory estimate as one bar, against what is available, with a legend of their sizes.
class FitBar : public QWidget {
    Q_OBJECT

public:
    explicit FitBar(QWidget* parent = nullptr);
    void setFit(const std::optional<engine::MemoryFit>& fit);
    QSize sizeHint() const override { return {360, wantedHeight()}; }
    QSize minimumSizeHint() const override { return {240, wantedHeight()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// A line more for a model that sees.
    int wantedHeight() const { return fit_ && fit_->images > 0 ? 123 : 104; }

    std::optional<engine::MemoryFit> fit_;
};

}  // namespace ui
