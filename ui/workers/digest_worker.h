#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/catalog/verification.h"

namespace ui {

/// Reads whole model files for their SHA-256, on its own thread.
class DigestWorker : public QObject {
    Q_OBJECT

public slots:
    void verify(quint64 runId, std::vector<std::filesystem::path> files, std::stop_token stop);

signals:
    void progressed(quint64 runId, qint64 done, qint64 total);  ///< at most 30 per second
    void finished(quint64 runId, engine::Verification verification);
    void failed(quint64 runId, engine::Error error);
};

}  // namespace ui
