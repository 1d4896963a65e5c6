#pragma once

#include <QAbstractListModel>
#include <QString>
#include <optional>
#include <vector>

#include "engine/compare/comparison.h"
#include "ui/settings.h"
#include "ui/workers/compare_worker.h"

namespace ui {

enum class LaneState { idle, waiting, loading, answering, finished, stopped, failed };

/// One lane as the page shows it: what was chosen and what the run brought so far.
struct Lane {
    LaneChoice choice;
    LaneState state = LaneState::idle;
    QString text;
    std::vector<int> tokenStarts;  ///< offset in `text` of each token, in UTF-16 units
    std::optional<engine::LoadedModel> loaded;
    std::optional<engine::GenerationRecord> record;
    std::optional<engine::Agreement> agreement;
    engine::AnswerTokens scores;  ///< the reference's, token by token, once it has read the answer
    QString error;
};

/// The lanes of the comparison page. The first is the reference.
class LaneModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { stateRole = Qt::UserRole + 1, textRole, errorRole, modelRole, kernelsRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    const Lane& lane(int row) const { return lanes_[static_cast<std::size_t>(row)]; }
    int count() const { return static_cast<int>(lanes_.size()); }
    QVector<LaneChoice> choices() const;

    void setChoices(const QVector<LaneChoice>& choices);
    void append(const LaneChoice& choice);
    void remove(int row);
    void change(int row, const LaneChoice& choice);  ///< forgets what the lane answered

    void reset();  ///< every lane waits for a new run
    void setState(int row, LaneState state);
    void setLoaded(int row, engine::LoadedModel model);
    void appendTokens(int row, const TokenBatch& tokens);
    void setResult(int row, engine::LaneResult result);
    void setAgreement(int row, engine::Agreement agreement);
    void setScores(int row, engine::AnswerTokens scores);
    /// All lanes of a comparison that was stored.
    void setStored(const std::vector<engine::LaneResult>& lanes);

private:
    void touched(int row);

    std::vector<Lane> lanes_;
};

/// The name people know a lane by: the loaded variant, else what its path says.
QString laneTitle(const Lane& lane);
/// How the weights are stored, in a few words: "int4 g32 + rank 16"; empty before the model is loaded.
QString schemeText(const engine::ModelConfig& config);
/// The variant that decides the lane's colour.
QString variantOf(const Lane& lane);

}  // namespace ui
