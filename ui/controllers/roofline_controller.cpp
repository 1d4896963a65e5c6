#include "ui/controllers/roofline_controller.h"

#include <utility>

namespace ui {

RooflineController::RooflineController(const QString& kept, QObject* parent) : QObject(parent) {
    if (kept.isEmpty())
        return;
    auto measurement = engine::kernelMeasurementFromJson(kept.toStdString());
    if (measurement)
        measurement_ = std::move(*measurement);
    else
        end(tr("The measurement that was kept cannot be read; measure again"), true);
}

QString RooflineController::kept() const {
    return measurement_ ? QString::fromStdString(engine::kernelMeasurementJson(*measurement_)) : QString();
}

QString RooflineController::whyNot() const {
    return state_ != State::idle ? tr("A measurement is running") : otherWork_;
}

void RooflineController::setOtherWork(const QString& work) {
    if (otherWork_ == work)
        return;
    otherWork_ = work;
    emit changed();
}

void RooflineController::measure() {
    if (!whyNot().isEmpty())
        return;
    stop_ = std::stop_source();
    ++runId_;
    shape_.clear();
    done_ = total_ = 0;
    message_.clear();
    state_ = State::measuring;
    emit changed();
    emit runRequested(runId_, stop_.get_token());
}

void RooflineController::stop() {
    if (state_ != State::measuring)
        return;
    stop_.request_stop();
    state_ = State::stopping;
    emit changed();
}

void RooflineController::onProgressed(quint64 runId, QString shape, int done, int total) {
    if (runId != runId_ || state_ == State::idle)
        return;
    shape_ = std::move(shape);
    done_ = done;
    total_ = total;
    emit changed();
}

void RooflineController::onFinished(quint64 runId, engine::KernelMeasurement measurement) {
    if (runId != runId_ || state_ == State::idle)
        return;
    measurement_ = std::move(measurement);
    end({}, false);
    emit measured();
}

void RooflineController::onFailed(quint64 runId, engine::Error error) {
    if (runId != runId_ || state_ == State::idle)
        return;
    if (error.code != engine::ErrorCode::cancelled)
        end(QString::fromStdString(error.message), true);
    else
        end(measurement_ ? tr("Stopped; the earlier measurement is shown") : tr("Stopped before its end"),
            false);
}

void RooflineController::end(const QString& message, bool isWarning) {
    message_ = message;
    messageIsWarning_ = isWarning;
    state_ = State::idle;
    emit changed();
}

}  // namespace ui
