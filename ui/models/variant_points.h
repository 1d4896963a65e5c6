#pragma once

#include "engine/report/plot_data.h"
#include "ui/models/model_list_model.h"

namespace ui {

/// The model that a variant was made of, where it tells; else the model itself.
QString sourceOf(const ModelRow& row);

/// Size against KL divergence of every known variant of one source, and of the source itself (0). A series
/// per variant; what no other beats in both is on the front.
engine::PlotData variantPoints(const ModelListModel& models, const QString& source);

}  // namespace ui
