#include "ui/controllers/kernels_controller.h"

#include <algorithm>
#include <utility>

namespace ui {

QString KernelsController::whyNot() const {
    return state_ != State::idle ? tr("The kernels are being tested") : otherWork_;
}

void KernelsController::setOtherWork(const QString& work) {
    if (otherWork_ == work)
        return;
    otherWork_ = work;
    emit changed();
}

bool KernelsController::begin(State state) {
    if (!whyNot().isEmpty())
        return false;
    stop_ = std::stop_source();
    ++runId_;
    step_.clear();
    message_.clear();
    done_ = total_ = 0;
    state_ = state;
    emit changed();
    return true;
}

void KernelsController::verify() {
    if (begin(State::verifying))
        emit verifyRequested(runId_, stop_.get_token());
}

void KernelsController::tune() {
    if (begin(State::tuning))
        emit tuneRequested(runId_, stop_.get_token());
}

void KernelsController::stop() {
    if (state_ != State::verifying && state_ != State::tuning)
        return;
    stop_.request_stop();
    state_ = State::stopping;
    emit changed();
}

void KernelsController::onProgressed(quint64 runId, QString step, int done, int total) {
    if (runId != runId_ || state_ == State::idle)
        return;
    step_ = std::move(step);
    done_ = done;
    total_ = total;
    emit changed();
}

void KernelsController::onVerified(quint64 runId, std::vector<engine::KernelCheck> checks) {
    if (runId != runId_ || state_ == State::idle)
        return;
    checks_ = std::move(checks);
    const auto bad = std::count_if(checks_.begin(), checks_.end(), [](const engine::KernelCheck& check) {
        return check.skipped.empty() && !check.ok;
    });
    end(bad == 0
            ? tr("Every variant that this CPU runs agrees with the reference")
            : tr("%n check(s) miss the reference by more than allowed: pin another variant and report this",
                 nullptr, static_cast<int>(bad)),
        bad != 0);
    emit checked();
}

void KernelsController::onTuned(quint64 runId, QString file) {
    if (runId != runId_ || state_ == State::idle)
        return;
    end(tr("The kernels of the next models are chosen by %1").arg(file), false);
    emit planChanged();
}

void KernelsController::onFailed(quint64 runId, engine::Error error) {
    if (runId != runId_ || state_ == State::idle)
        return;
    const bool stopped = error.code == engine::ErrorCode::cancelled;
    end(stopped ? tr("Stopped before its end") : QString::fromStdString(error.message), !stopped);
}

void KernelsController::end(const QString& message, bool isWarning) {
    message_ = message;
    messageIsWarning_ = isWarning;
    state_ = State::idle;
    emit changed();
}

}  // namespace ui
