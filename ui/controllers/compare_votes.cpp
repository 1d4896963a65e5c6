#include "ui/controllers/compare_votes.h"

#include <QRandomGenerator>
#include <algorithm>
#include <numeric>

namespace ui {

void CompareVotes::setBlindWanted(bool wanted) {
    if (blindWanted_ == wanted)
        return;
    blindWanted_ = wanted;
    emit changed();
}

int CompareVotes::numberOf(int row) const {
    return numbered_ ? static_cast<int>(places_.indexOf(row)) + 1 : 0;
}

void CompareVotes::setPlaces(int lanes, bool shuffled) {
    const auto before = std::pair(places_, hidden_);
    places_.resize(lanes);
    std::iota(places_.begin(), places_.end(), 0);
    if (shuffled)
        std::shuffle(places_.begin(), places_.end(), *QRandomGenerator::global());
    numbered_ = shuffled;
    hidden_ = shuffled;
    if (before != std::pair(places_, hidden_))
        emit placesChanged();
    emit changed();
}

void CompareVotes::begin(int lanes) {
    vote_.reset();
    setPlaces(lanes, blindWanted_);
}

void CompareVotes::reset(int lanes) {
    vote_.reset();
    setPlaces(lanes, false);
}

void CompareVotes::show(int lanes, const std::optional<Vote>& vote) {
    vote_ = vote;
    setPlaces(lanes, false);
}

void CompareVotes::reveal() {
    if (!hidden_)
        return;
    hidden_ = false;
    emit placesChanged();
    emit changed();
}

void CompareVotes::cast(qint64 run, const QString& verdict, int lane) {
    vote_ = Vote{verdict, lane, hidden_};
    emit voteRequested(run, lane, verdict, hidden_);
    reveal();
    emit changed();
}

void CompareVotes::onHistoryRead(engine::ComparisonHistory history) {
    history_ = std::move(history);
    emit historyChanged();
}

}  // namespace ui
