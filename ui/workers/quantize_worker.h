#pragma once

#include <QObject>
#include <QString>
#include <stop_token>

#include "engine/quantize/estimate.h"

namespace ui {

/// Makes variants of models, one at a time, on its own thread. What is finished is kept beside the variant,
/// so that the same request goes on after a stop or a crash.
class QuantizeWorker : public QObject {
    Q_OBJECT

public slots:
    /// Answers with estimated(), `problem` empty where the request can run.
    void estimate(quint64 id, engine::QuantizeRequest request);
    void run(quint64 id, engine::QuantizeRequest request, std::stop_token stop);

signals:
    void estimated(quint64 id, engine::QuantizeEstimate estimate, QString problem);
    void progressed(quint64 id, engine::QuantizeProgress progress);
    void finished(quint64 id, engine::QuantizeReport report);
    void failed(quint64 id, engine::Error error);
};

}  // namespace ui
