#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/quantize/estimate.h"
#include "engine/quantize/policy.h"

namespace ui {

/// The state of the quantization dialog, without widgets: what would be made, what is, and how it went. It
/// goes on while the dialog is closed.
class QuantizeController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, running, stopping };

    explicit QuantizeController(QObject* parent = nullptr);

    State state() const { return state_; }
    bool busy() const { return state_ != State::idle; }
    /// The recipes that ship.
    const std::vector<engine::QuantizationPolicy>& recipes() const { return recipes_; }
    /// The choice; its source and folder are those of the job while one runs.
    const engine::QuantizeRequest& request() const { return request_; }
    QString source() const { return QString::fromStdString(request_.model); }
    /// A model to start from; the folder that is proposed lies beside it. Nothing while a job runs.
    void chooseSource(const QString& model);
    /// The id of one that ships, or a .yaml file.
    void chooseRecipe(const QString& word);
    /// UTF-8 text for calibration; empty = the one that ships.
    void chooseText(const QString& file);
    void chooseFolder(const QString& folder);
    void setSeed(quint64 seed);
    void setWindows(int windows);

    const engine::QuantizeEstimate& estimate() const { return estimate_; }
    const engine::QuantizeProgress& progress() const { return progress_; }
    /// Of the last job that ended well, until another source is chosen.
    const std::optional<engine::QuantizeReport>& report() const { return report_; }
    /// Why nothing may start; empty when it may.
    QString whyNot() const;
    /// How the last job ended; empty while it runs and after a good end.
    const QString& message() const { return message_; }
    /// A stopped job lies in the folder: starting goes on with it.
    bool resumes() const;
    void setOtherWork(const QString& work);

    void start();
    void stop();

public slots:
    void onEstimated(quint64 id, engine::QuantizeEstimate estimate, QString problem);
    void onProgressed(quint64 id, engine::QuantizeProgress progress);
    void onFinished(quint64 id, engine::QuantizeReport report);
    void onFailed(quint64 id, engine::Error error);

signals:
    void estimateRequested(quint64 id, engine::QuantizeRequest request);
    void runRequested(quint64 id, engine::QuantizeRequest request, std::stop_token stop);
    void changed();
    void made(QString variant);  ///< a new model

private:
    void proposeFolder();
    void askEstimate();
    void setState(State state);

    std::vector<engine::QuantizationPolicy> recipes_;
    engine::QuantizeRequest request_;
    bool folderChosen_ = false;
    State state_ = State::idle;
    quint64 estimateId_ = 0;
    quint64 runId_ = 0;
    engine::QuantizeEstimate estimate_;
    QString problem_;
    engine::QuantizeProgress progress_;
    std::optional<engine::QuantizeReport> report_;
    QString message_;
    QString otherWork_;
    std::stop_source stop_;
};

}  // namespace ui
