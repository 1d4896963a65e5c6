#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <stop_token>

#include "engine/benchmark/kernel_measurement.h"

namespace ui {

/// The state of the roofline on the system page, without widgets: the measurement that is kept and the one in
/// progress. A run that is stopped or fails leaves the kept one as it was.
class RooflineController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, measuring, stopping };

    /// `kept`: what kept() gave when the program ended; empty before the first measurement.
    explicit RooflineController(const QString& kept, QObject* parent = nullptr);

    State state() const { return state_; }
    const std::optional<engine::KernelMeasurement>& measurement() const { return measurement_; }
    /// For the settings: the measurement as JSON text, empty without one.
    QString kept() const;
    /// Why no measurement may start; empty when it may.
    QString whyNot() const;
    /// What other work would disturb a measurement, in words; empty for none.
    void setOtherWork(const QString& work);

    const QString& shape() const { return shape_; }  ///< that is measured now; empty before the first
    int done() const { return done_; }
    int total() const { return total_; }
    /// How the last run ended, where it did not end well, or why nothing of the last start is shown.
    const QString& message() const { return message_; }
    bool messageIsWarning() const { return messageIsWarning_; }

    void measure();
    void stop();

public slots:
    void onProgressed(quint64 runId, QString shape, int done, int total);
    void onFinished(quint64 runId, engine::KernelMeasurement measurement);
    void onFailed(quint64 runId, engine::Error error);

signals:
    void runRequested(quint64 runId, std::stop_token stop);
    void changed();   ///< state, progress or message
    void measured();  ///< another measurement is kept

private:
    void end(const QString& message, bool isWarning);

    State state_ = State::idle;
    std::optional<engine::KernelMeasurement> measurement_;
    QString otherWork_;
    QString shape_;
    QString message_;
    bool messageIsWarning_ = false;
    int done_ = 0;
    int total_ = 0;
    quint64 runId_ = 0;
    std::stop_source stop_;
};

}  // namespace ui
