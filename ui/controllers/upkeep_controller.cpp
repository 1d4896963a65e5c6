#include "ui/controllers/upkeep_controller.h"

#include <QDate>
#include <QStandardPaths>
#include <utility>

namespace ui {

UpkeepController::UpkeepController(QString database, QObject* parent)
    : QObject(parent), database_(std::move(database)) {}

QString UpkeepController::suggestedBackup() const {
    return QStringLiteral("%1/anven-%2.sqlite")
        .arg(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation),
             QDate::currentDate().toString(Qt::ISODate));
}

bool UpkeepController::begin(State state) {
    if (state_ != State::idle)
        return false;
    stop_ = std::stop_source();
    ++runId_;
    done_ = total_ = 0;
    message_.clear();
    state_ = state;
    emit changed();
    return true;
}

void UpkeepController::check() {
    if (begin(State::checking))
        emit checkRequested(runId_, database_, stop_.get_token());
}

void UpkeepController::backUp(const QString& target) {
    if (!target.isEmpty() && begin(State::backingUp))
        emit backUpRequested(runId_, database_, target, stop_.get_token());
}

void UpkeepController::stop() {
    if (state_ != State::checking && state_ != State::backingUp)
        return;
    stop_.request_stop();
    state_ = State::stopping;
    emit changed();
}

void UpkeepController::onMeasured(engine::DatabaseSize size) {
    size_ = size;
    emit changed();
}

void UpkeepController::onProgressed(quint64 runId, int done, int total) {
    if (runId != runId_ || state_ == State::idle)
        return;
    done_ = done;
    total_ = total;
    emit changed();
}

void UpkeepController::onChecked(quint64 runId, QStringList findings) {
    if (runId != runId_ || state_ == State::idle)
        return;
    if (findings.isEmpty())
        end(tr("The database is intact"), false);
    else
        end(tr("The database is damaged: back it up, then move it away and start anew.\n%1")
                .arg(findings.join(QLatin1Char('\n'))),
            true);
}

void UpkeepController::onBackedUp(quint64 runId, QString target) {
    if (runId == runId_ && state_ != State::idle)
        end(tr("Backed up to %1, and the copy is intact").arg(target), false);
}

void UpkeepController::onFailed(quint64 runId, engine::Error error) {
    if (runId != runId_ || state_ == State::idle)
        return;
    const bool stopped = error.code == engine::ErrorCode::cancelled;
    end(stopped ? tr("Stopped before its end") : QString::fromStdString(error.message), !stopped);
}

void UpkeepController::end(const QString& message, bool isWarning) {
    message_ = message;
    messageIsWarning_ = isWarning;
    state_ = State::idle;
    emit changed();
    measure();
}

}  // namespace ui
