#pragma once

#include <QObject>
#include <QString>
#include <stop_token>

#include "engine/train/finetune.h"

namespace ui {

/// Trains models, one at a time, on its own thread. The state is saved on the way, so that the same request
/// goes on after a stop or a crash.
class FinetuneWorker : public QObject {
    Q_OBJECT

public slots:
    /// Answers with surveyed(), `problem` empty where the data can be trained on.
    void survey(quint64 id, engine::train::FinetuneRequest request);
    void run(quint64 id, engine::train::FinetuneRequest request, std::stop_token stop);

signals:
    void surveyed(quint64 id, engine::train::DataStatistics statistics, QString problem);
    void progressed(quint64 id, engine::train::FinetuneProgress progress);
    void finished(quint64 id, engine::train::FinetuneReport report);
    void failed(quint64 id, engine::Error error);
};

}  // namespace ui
