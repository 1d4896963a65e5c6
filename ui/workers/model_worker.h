#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <stop_token>

#include "engine/catalog/model_survey.h"
#include "engine/catalog/tensor_histogram.h"
#include "engine/quantize/quality_card.h"

namespace ui {

/// A survey with the plan that its sizes are for.
struct SurveyedModel {
    engine::ModelSurvey survey;
    std::shared_ptr<const engine::KernelPlan> plan;
    int threads = 1;                                ///< that a model computes with here
    std::optional<engine::QuantizeReport> quality;  ///< of a variant that was made by this program
};

/// Looks into model files on its own thread: finds, surveys, counts values. Loads nothing.
class ModelWorker : public QObject {
    Q_OBJECT

public slots:
    /// Answers with found(): the models that each path stands for.
    void find(QStringList paths);
    void survey(QString path);
    /// Answers with histogramRead() or histogramFailed().
    void histogram(quint64 id, QString path, QString tensor, engine::TensorValues kind, std::stop_token stop);

signals:
    void found(QStringList asked, QStringList models);
    void surveyed(QString path, ui::SurveyedModel model);
    void histogramRead(quint64 id, engine::TensorHistogram histogram);
    void histogramFailed(quint64 id, engine::Error error);

private:
    std::shared_ptr<const engine::KernelPlan> plan_;
};

}  // namespace ui
