#pragma once

#include <QObject>
#include <QString>
#include <QVector>
#include <optional>

#include "engine/compare/comparison_history.h"

namespace ui {

/// What a person thinks of a comparison's answers: blind mode, the vote, and all votes so far. Where lanes
/// are hidden they stand in a random order under numbers, and nothing else of them is shown.
class CompareVotes : public QObject {
    Q_OBJECT

public:
    struct Vote {
        QString verdict;  ///< engine::VoteRow::verdict
        int lane = -1;    ///< row of the best one
        bool blind = false;
        bool operator==(const Vote&) const = default;
    };

    using QObject::QObject;

    /// Whether the next run hides its lanes.
    bool blindWanted() const { return blindWanted_; }
    void setBlindWanted(bool wanted);
    /// Names, colours and figures are not to be shown now.
    bool hidden() const { return hidden_; }
    /// Rows of the lanes in the order in which they stand; stays after lanes were revealed.
    const QVector<int>& places() const { return places_; }
    /// The number that a lane had while it was hidden; 0 where lanes were never hidden.
    int numberOf(int row) const;

    const std::optional<Vote>& vote() const { return vote_; }
    const engine::ComparisonHistory& history() const { return history_; }

    void begin(int lanes);                                  ///< a new run
    void reset(int lanes);                                  ///< lanes without a run
    void show(int lanes, const std::optional<Vote>& vote);  ///< a run that was stored
    void reveal();
    /// Votes on the stored run; reveals.
    void cast(qint64 run, const QString& verdict, int lane);
    void readHistory() { emit historyRequested(); }

public slots:
    void onHistoryRead(engine::ComparisonHistory history);

signals:
    void changed();
    /// Lanes stand elsewhere or are hidden no longer.
    void placesChanged();
    void historyChanged();
    void historyRequested();
    void voteRequested(qint64 run, int lane, QString verdict, bool blind);

private:
    void setPlaces(int lanes, bool shuffled);

    bool blindWanted_ = false;
    bool hidden_ = false;
    bool numbered_ = false;
    QVector<int> places_;
    std::optional<Vote> vote_;
    engine::ComparisonHistory history_;
};

}  // namespace ui
