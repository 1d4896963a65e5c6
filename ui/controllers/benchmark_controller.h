#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <optional>
#include <vector>

#include "ui/models/benchmark_table_model.h"
#include "ui/settings.h"
#include "ui/workers/benchmark_worker.h"

namespace ui {

/// The state of the benchmark page, without widgets: what would be measured, what is, and how it went.
/// While repetitions are timed it passes at most one change per second on, so that painting costs them
/// nothing.
class BenchmarkController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, running, pausing, paused, stopping };

    explicit BenchmarkController(QObject* parent = nullptr);

    State state() const { return state_; }
    bool busy() const { return state_ != State::idle; }
    BenchmarkTableModel* table() { return &table_; }

    /// Ids and names of the profiles that ship.
    const std::vector<engine::BenchmarkProfile>& shipped() const { return shipped_; }
    const engine::BenchmarkProfile& profile() const { return profile_; }
    const QString& profileText() const { return text_; }
    bool unmodified() const;
    /// An id or a .yaml file; a problem is told in message().
    void chooseProfile(const QString& word);
    /// A text that was edited; `file` names it ("mine.yaml").
    void setProfileText(const QString& text, const QString& file);
    /// What is wrong with a text, with file, line and column; empty when it is a profile.
    static QString problemOf(const QString& text, const QString& file);

    /// Given models; empty = the profile's own.
    const QStringList& models() const { return models_; }
    /// Takes up what was chosen last; where that profile is gone, the one that ships stays.
    void restore(const BenchmarkChoice& choice);
    BenchmarkChoice kept() const;
    void addModel(const QString& path);
    void removeModel(const QString& path);

    const BenchmarkPlan& plan() const { return plan_; }
    const std::vector<engine::PreflightCheck>& checks() const { return checks_; }
    const ResumableRun& resumable() const { return resumable_; }
    const engine::BenchmarkProgress& progress() const { return progress_; }
    QString step() const;                         ///< what is measured now, in words
    qint64 storedRun() const { return stored_; }  ///< of the table; 0 = none
    const QString& message() const { return message_; }
    bool messageIsWarning() const { return messageIsWarning_; }
    /// Why nothing may start; empty when it may.
    QString whyNot() const;
    /// What other work would disturb a measurement, in words; empty for none.
    void setOtherWork(const QString& work);

    void start();
    void resumeRun();
    void togglePause();
    void cancel();
    void replan();  ///< asks anew what the choice comes to
    void checkMachine() { emit checkMachineRequested(); }

public slots:
    void onPlanned(quint64 planId, ui::BenchmarkPlan plan);
    void onMachineChecked(std::vector<engine::PreflightCheck> checks);
    void onResumableFound(ui::ResumableRun run);
    void onPrepared(quint64 runId, QStringList lanes, bool shipped);
    void onBegan(quint64 runId, qint64 storedId);
    void onProgressed(quint64 runId, engine::BenchmarkProgress progress);
    void onCellChanged(quint64 runId, engine::BenchmarkCell cell);
    void onSampled(quint64 runId, engine::LiveSample sample);
    void onFinished(quint64 runId, qint64 storedId, bool cancelled);
    void onFailed(quint64 runId, engine::Error error);

signals:
    void planRequested(quint64 planId, engine::ProfileChoice choice);
    void checkMachineRequested();
    void runRequested(quint64 runId, ui::BenchmarkJob job);
    void changed();                                  ///< anything but the table
    void runChanged();                               ///< another run is shown, or none
    void sampled(const engine::LiveSample& sample);  ///< at most once a second
    void speedMeasured(double tokensPerSecond);      ///< the newest of those that came since the last one
    void runStored(quint64 runId, qint64 storedId, bool complete);

private:
    void take(engine::BenchmarkProfile profile, const QString& text);
    void launch(qint64 resume);
    void flush();
    void say(const QString& message, bool isWarning);
    engine::ProfileChoice choice() const;

    State state_ = State::idle;
    BenchmarkTableModel table_;
    std::vector<engine::BenchmarkProfile> shipped_;
    engine::BenchmarkProfile profile_;
    QString text_;
    QString source_;  ///< id or file of the profile; empty for a text that is in no file
    QStringList models_;
    BenchmarkPlan plan_;
    std::vector<engine::PreflightCheck> checks_;
    ResumableRun resumable_;
    engine::BenchmarkProgress progress_;
    QStringList lanes_;
    std::vector<engine::BenchmarkCell> waiting_;  ///< for the next change that is passed on
    QTimer pace_;
    qint64 stored_ = 0;
    QString message_;
    bool messageIsWarning_ = false;
    QString otherWork_;
    quint64 planId_ = 0;
    quint64 runId_ = 0;
    std::stop_source stop_;
    std::shared_ptr<engine::PauseSwitch> paused_;
};

}  // namespace ui
