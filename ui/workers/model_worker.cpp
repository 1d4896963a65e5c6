#include "ui/workers/model_worker.h"

#include "engine/catalog/model_search.h"
#include "engine/runtime/topology.h"

namespace ui {
namespace {

constexpr int kBins = 80;

}  // namespace

void ModelWorker::find(QStringList paths) {
    QStringList models;
    for (const auto& path : paths)
        for (const auto& model : engine::modelsAt(path.toStdString()))
            models << QString::fromStdString(model.string());
    models.removeDuplicates();
    emit found(paths, models);
}

void ModelWorker::survey(QString path) {
    SurveyedModel model;
    try {
        if (!plan_)
            if (auto plan = engine::KernelPlan::make("auto", false))
                plan_ = std::make_shared<const engine::KernelPlan>(std::move(*plan));
        model.plan = plan_;
        model.threads = static_cast<int>(engine::computeCpus().size());
        if (plan_)
            model.survey = engine::surveyModel(path.toStdString(), *plan_);
        else
            model.survey.error =
                engine::Error{engine::ErrorCode::unavailable,
                              "this CPU can run none of the kernels; see anven kernels list"};
        if (auto card = engine::readQualityCard(path.toStdString()))
            model.quality = std::move(*card);
    } catch (const std::exception& exception) {
        model.survey.error = engine::Error{engine::ErrorCode::internal, exception.what()};
    }
    emit surveyed(path, std::move(model));
}

void ModelWorker::histogram(quint64 id, QString path, QString tensor, engine::TensorValues kind,
                            std::stop_token stop) {
    if (stop.stop_requested())
        return;
    auto checkpoint = engine::Checkpoint::open(path.toStdString());
    if (!checkpoint) {
        emit histogramFailed(id, checkpoint.error());
        return;
    }
    auto read = engine::tensorHistogram(**checkpoint, tensor.toStdString(), kind, kBins, std::move(stop));
    if (read)
        emit histogramRead(id, std::move(*read));
    else
        emit histogramFailed(id, read.error());
}

}  // namespace ui
