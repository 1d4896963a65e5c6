#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/train/finetune.h"

namespace ui {

/// The state of the fine-tuning dialog, without widgets: what would be trained, the run and its curve, and
/// the result. It goes on while the dialog is closed.
class FinetuneController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, running, paused, stopping };

    explicit FinetuneController(QObject* parent = nullptr);

    State state() const { return state_; }
    bool busy() const { return state_ != State::idle; }
    const std::vector<engine::train::FinetuneRecipe>& recipes() const { return recipes_; }
    const engine::train::FinetuneRequest& request() const { return request_; }
    QString source() const { return QString::fromStdString(request_.model); }
    /// A model to train; the folder that is proposed lies beside it. Nothing while a run goes on.
    void chooseSource(const QString& model);
    void chooseRecipe(const QString& id);
    /// As engine::train::readTrainingFile takes it.
    void chooseData(const QString& file);
    void chooseFolder(const QString& folder);
    /// Of every stage; 0 = the recipe's.
    void setSteps(int steps);
    int steps() const { return steps_; }

    /// Of the chosen data; nothing while it is read and where it cannot be trained on.
    const std::optional<engine::train::DataStatistics>& statistics() const { return statistics_; }
    /// Why nothing may start; empty when it may.
    QString whyNot() const;
    /// A stopped run lies in the folder: starting goes on with it.
    bool resumes() const;
    void setOtherWork(const QString& work);

    /// Every step of the run, as far as this program has seen it; all of them at its end.
    const std::vector<engine::train::FinetuneStep>& curve() const { return curve_; }
    const engine::train::FinetuneProgress& progress() const { return progress_; }
    const std::optional<engine::train::FinetuneReport>& report() const { return report_; }
    /// How the last run ended; empty while it runs and after a good end.
    const QString& message() const { return message_; }

    void start();
    void pause();
    void stop();

public slots:
    void onSurveyed(quint64 id, engine::train::DataStatistics statistics, QString problem);
    void onProgressed(quint64 id, engine::train::FinetuneProgress progress);
    void onFinished(quint64 id, engine::train::FinetuneReport report);
    void onFailed(quint64 id, engine::Error error);

signals:
    void surveyRequested(quint64 id, engine::train::FinetuneRequest request);
    void runRequested(quint64 id, engine::train::FinetuneRequest request, std::stop_token stop);
    void changed();
    void stepped();  ///< the curve grew
    void made(QString model);

private:
    void takeRecipe();
    void proposeFolder();
    void askSurvey();
    void setState(State state);

    std::vector<engine::train::FinetuneRecipe> recipes_;
    engine::train::FinetuneRequest request_;
    int steps_ = 0;
    bool folderChosen_ = false;
    State state_ = State::idle;
    quint64 surveyId_ = 0;
    quint64 runId_ = 0;
    std::optional<engine::train::DataStatistics> statistics_;
    QString problem_;
    std::vector<engine::train::FinetuneStep> curve_;
    engine::train::FinetuneProgress progress_;
    std::optional<engine::train::FinetuneReport> report_;
    QString message_;
    QString otherWork_;
    std::shared_ptr<engine::PauseSwitch> paused_;
    std::stop_source stop_;
};

}  // namespace ui
