#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <optional>
#include <stop_token>

#include "engine/store/upkeep.h"

namespace ui {

/// The state of the database's upkeep, without widgets: size, integrity check and backup, one at a time.
class UpkeepController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, checking, backingUp, stopping };

    explicit UpkeepController(QString database, QObject* parent = nullptr);

    const QString& database() const { return database_; }
    State state() const { return state_; }
    const std::optional<engine::DatabaseSize>& size() const { return size_; }
    int done() const { return done_; }
    int total() const { return total_; }
    /// How the last work ended, with what is wrong below it.
    const QString& message() const { return message_; }
    bool messageIsWarning() const { return messageIsWarning_; }
    /// A name for the next backup, beside nothing that is there.
    QString suggestedBackup() const;

    void measure() { emit measureRequested(database_); }
    void check();
    void backUp(const QString& target);
    void stop();

public slots:
    void onMeasured(engine::DatabaseSize size);
    void onProgressed(quint64 runId, int done, int total);
    void onChecked(quint64 runId, QStringList findings);
    void onBackedUp(quint64 runId, QString target);
    void onFailed(quint64 runId, engine::Error error);

signals:
    void measureRequested(QString file);
    void checkRequested(quint64 runId, QString file, std::stop_token stop);
    void backUpRequested(quint64 runId, QString file, QString target, std::stop_token stop);
    void changed();

private:
    bool begin(State state);
    void end(const QString& message, bool isWarning);

    QString database_;
    State state_ = State::idle;
    std::optional<engine::DatabaseSize> size_;
    QString message_;
    bool messageIsWarning_ = false;
    int done_ = 0;
    int total_ = 0;
    quint64 runId_ = 0;
    std::stop_source stop_;
};

}  // namespace ui
