#pragma once

#include <QObject>
#include <QString>
#include <stop_token>
#include <vector>

#include "engine/benchmark/kernel_checks.h"

namespace ui {

/// The self-test of the kernel variants and the quick tune, without widgets; one at a time.
class KernelsController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, verifying, tuning, stopping };

    using QObject::QObject;

    State state() const { return state_; }
    /// Of the last self-test that ended; empty before one.
    const std::vector<engine::KernelCheck>& checks() const { return checks_; }
    /// Why nothing may start; empty when it may.
    QString whyNot() const;
    void setOtherWork(const QString& work);
    const QString& step() const { return step_; }
    int done() const { return done_; }
    int total() const { return total_; }  ///< 0: unknown
    /// How the last run ended.
    const QString& message() const { return message_; }
    bool messageIsWarning() const { return messageIsWarning_; }

    void verify();
    void tune();
    void stop();

public slots:
    void onProgressed(quint64 runId, QString step, int done, int total);
    void onVerified(quint64 runId, std::vector<engine::KernelCheck> checks);
    void onTuned(quint64 runId, QString file);
    void onFailed(quint64 runId, engine::Error error);

signals:
    void verifyRequested(quint64 runId, std::stop_token stop);
    void tuneRequested(quint64 runId, std::stop_token stop);
    void changed();
    void checked();      ///< checks() is new
    void planChanged();  ///< another kernel table decides

private:
    bool begin(State state);
    void end(const QString& message, bool isWarning);

    State state_ = State::idle;
    std::vector<engine::KernelCheck> checks_;
    QString otherWork_;
    QString step_;
    QString message_;
    bool messageIsWarning_ = false;
    int done_ = 0;
    int total_ = 0;
    quint64 runId_ = 0;
    std::stop_source stop_;
};

}  // namespace ui
