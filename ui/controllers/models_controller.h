#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

#include "ui/controllers/crash_guard.h"
#include "ui/models/model_list_model.h"
#include "ui/settings.h"

namespace ui {

/// The state of the models page, without widgets: the list, how much memory each needs, digests in progress,
/// and which models crashed. Files are read by workers; nothing here loads a model or deletes a file.
class ModelsController : public QObject {
    Q_OBJECT

public:
    explicit ModelsController(const Settings& settings, QObject* parent = nullptr);

    ModelListModel* list() { return &list_; }
    const ModelSettings& conditions() const { return settings_; }
    /// For the settings, as it is now.
    ModelSettings kept() const;
    const CrashGuard& guard() const { return guard_; }
    /// Why the remembered chat model was not taken up again; empty where it was.
    const QString& startNotice() const { return startNotice_; }

    /// What a person chose or dropped: folders and files, many at once.
    void add(const QStringList& paths);
    /// One path that is a model already (the chat's, a lane's).
    void addKnown(const QString& path);
    /// Whether a row may go: the demo models stay.
    bool mayRemove(int row) const;
    void remove(int row);
    void setContext(int context);
    void setKv(const QString& kv);
    void setAvailable(std::int64_t bytes);
    void refresh(int row);  ///< reads the files again

    bool isVerifying() const { return verifying_.has_value(); }
    void verify(int row);
    void stopVerifying();
    /// Asks for the spread of a tensor's values; answers of earlier requests are dropped.
    void readHistogram(const QString& path, const QString& tensor, engine::TensorValues kind);

    void useBegan(const QString& model);
    /// `error`: null when it ended well.
    void useEnded(const QString& model, const engine::Error* error);
    void forgive(const QString& model);

public slots:
    void onFound(QStringList asked, QStringList models);
    void onSurveyed(QString path, ui::SurveyedModel model);
    void onProgressed(quint64 runId, qint64 done, qint64 total);
    void onVerified(quint64 runId, engine::Verification verification);
    void onVerifyFailed(quint64 runId, engine::Error error);
    void onHistogramRead(quint64 id, engine::TensorHistogram histogram);
    void onHistogramFailed(quint64 id, engine::Error error);

signals:
    void findRequested(QStringList paths);
    void surveyRequested(QString path);
    void verifyRequested(quint64 runId, std::vector<std::filesystem::path> files, std::stop_token stop);
    void histogramRequested(quint64 id, QString path, QString tensor, engine::TensorValues kind,
                            std::stop_token stop);
    void surveyed(QString path);  ///< its row tells whether it opens
    void added(QString path);     ///< the last of those that were added
    void said(QString message, bool warning);
    void verifyingChanged();
    void histogramReady(engine::TensorHistogram histogram);
    void histogramFailed(QString message);
    void worthKeeping();  ///< the settings are to be written now

private:
    void appendRow(const QString& path);
    void offer() const;
    void estimate(ModelRow& row) const;
    void estimateAll();
    void endVerifying();

    ModelSettings settings_;
    CrashGuard guard_;
    ModelListModel list_;
    QString startNotice_;
    std::optional<std::int64_t> available_;
    std::optional<QString> verifying_;  // path
    quint64 runId_ = 0;
    std::stop_source stop_;
    quint64 histogramId_ = 0;
    std::stop_source histogramStop_;
};

}  // namespace ui
