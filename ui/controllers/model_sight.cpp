#include "ui/controllers/model_sight.h"

#include "engine/checkpoint/checkpoint.h"

namespace ui {

ModelSight::ModelSight(QObject* parent) : QObject(parent) {
    pool_.setMaxThreadCount(1);
}

ModelSight::~ModelSight() {
    pool_.clear();
    pool_.waitForDone();
}

ModelSight::Sight ModelSight::of(const QString& model) {
    if (const auto found = known_.constFind(model); found != known_.constEnd())
        return found->sight;
    known_.insert(model, {});
    pool_.start([this, model] {
        Known known;
        known.read = true;
        if (const auto checkpoint = engine::Checkpoint::open(model.toStdString())) {
            known.vision = (*checkpoint)->config.vision;
            known.sight = known.vision ? Sight::sees : Sight::blind;
        }
        QMetaObject::invokeMethod(
            this,
            [this, model, known] {
                known_.insert(model, known);
                emit changed();
            },
            Qt::QueuedConnection);
    });
    return Sight::unknown;
}

std::optional<engine::VisionConfig> ModelSight::vision(const QString& model) const {
    return known_.value(model).vision;
}

}  // namespace ui
