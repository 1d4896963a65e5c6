#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <stop_token>

#include "engine/report/report.h"

namespace ui {

/// Measures a stored run again, on its own thread with its own connection: every repetition is committed as
/// it is measured.
class RerunWorker : public QObject {
    Q_OBJECT

public slots:
    void run(engine::RunReport report, QString database, std::stop_token stop);

signals:
    void warned(QStringList warnings);  ///< what is not as it was; the measurement goes on
    void progressed(QString text);
    void finished(qint64 storedId);
    void failed(engine::Error error);
};

}  // namespace ui
