#include "ui/widgets/vote_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

// So that six lanes and the views fit beside each other at 1280 px.
constexpr int kNameWidth = 96;
constexpr int kNarrowNameWidth = 62;
constexpr int kWideLanes = 4;

}  // namespace

VoteBar::VoteBar(CompareController& controller, QWidget* parent)
    : QWidget(parent),
      controller_(controller),
      question_(new QLabel(tr("Which is best?"))),
      lanes_(new QHBoxLayout),
      tie_(makeButton(tr("Tie"), QStringLiteral("voteTieButton"), tr("The best answers are equally good"))),
      allBad_(makeButton(tr("All bad"), QStringLiteral("voteAllBadButton"), tr("No answer is any good"))),
      reveal_(makeButton(tr("Reveal"), QStringLiteral("revealButton"),
                         tr("Shows which lane is which; a vote after it is not blind"))),
      result_(new ElidedLabel) {
    setStyleProperty(question_, "tone", "mute");
    setStyleProperty(result_, "tone", "mute");
    result_->setObjectName(QStringLiteral("voteResult"));
    lanes_->setSpacing(6);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    line->addWidget(question_);
    line->addLayout(lanes_);
    for (auto* button : {tie_, allBad_, reveal_})
        line->addWidget(button);
    line->addWidget(result_, 1);
    connect(tie_, &QPushButton::clicked, this, [this] { controller_.vote(QLatin1String(engine::kVoteTie)); });
    connect(allBad_, &QPushButton::clicked, this,
            [this] { controller_.vote(QLatin1String(engine::kVoteAllBad)); });
    connect(reveal_, &QPushButton::clicked, &controller_.votes(), &CompareVotes::reveal);
    refresh();
}

QString VoteBar::laneName(int row) const {
    const auto& votes = controller_.votes();
    if (votes.hidden())
        return QString::number(votes.numberOf(row));
    const auto* lanes = controller_.lanes();
    const QString name = laneTitle(lanes->lane(row));
    int before = 0;
    for (int other = 0; other < row; ++other)
        before += laneTitle(lanes->lane(other)) == name ? 1 : 0;
    return before == 0 ? name : QStringLiteral("%1 (%2)").arg(name).arg(before + 1);
}

void VoteBar::rebuildLanes() {
    const auto& places = controller_.votes().places();
    while (buttons_.size() > places.size())
        retire(buttons_.takeLast());
    while (buttons_.size() < places.size()) {
        const int place = static_cast<int>(buttons_.size());
        auto* button = makeButton({}, QStringLiteral("vote%1Button").arg(place + 1), {});
        connect(button, &QPushButton::clicked, this, [this, place] {
            if (const auto& now = controller_.votes().places(); place < now.size())
                controller_.vote(QLatin1String(engine::kVoteLane), now[place]);
        });
        lanes_->addWidget(button);
        buttons_.push_back(button);
    }
}

QString VoteBar::resultText() const {
    const auto& vote = *controller_.votes().vote();
    const QString choice = vote.verdict == QLatin1String(engine::kVoteTie)              ? tr("tie")
                           : vote.verdict == QLatin1String(engine::kVoteAllBad)         ? tr("all bad")
                           : vote.lane >= 0 && vote.lane < controller_.lanes()->count() ? laneName(vote.lane)
                                                                                        : tr("a lane");
    const int number = vote.lane >= 0 ? controller_.votes().numberOf(vote.lane) : 0;
    QString text =
        number > 0 ? tr("Your vote: %1 = %2").arg(number).arg(choice) : tr("Your vote: %1").arg(choice);
    text += vote.blind ? tr(" · blind") : tr(" · names known");
    for (const auto& standing : controller_.votes().history().standings)
        text += QStringLiteral(" · %1 %2–%3")
                    .arg(QString::fromStdString(standing.variant).section(QStringLiteral(" · "), -1))
                    .arg(standing.wins)
                    .arg(standing.losses);
    return text;
}

void VoteBar::refresh() {
    rebuildLanes();
    const auto& votes = controller_.votes();
    const QString why = controller_.whyNoVote();
    const bool open = why.isEmpty() && !votes.vote();
    const auto* lanes = controller_.lanes();
    for (int place = 0; place < buttons_.size(); ++place) {
        const int row = votes.places()[place];
        auto* button = buttons_[place];
        if (row >= lanes->count()) {
            button->hide();
            continue;
        }
        const QString name = laneName(row);
        const int width = buttons_.size() > kWideLanes ? kNarrowNameWidth : kNameWidth;
        button->setText(fontMetrics().elidedText(name, Qt::ElideMiddle, width));
        button->setAccessibleName(tr("%1 is best").arg(name));
        button->setToolTip(open ? tr("%1 is the best answer").arg(name) : why);
        button->setEnabled(open && lanes->lane(row).state == LaneState::finished);
        button->setVisible(!votes.vote());
    }
    for (auto* button : {tie_, allBad_}) {
        button->setEnabled(open);
        button->setVisible(!votes.vote());
    }
    question_->setVisible(!votes.vote());
    reveal_->setVisible(votes.hidden());
    reveal_->setEnabled(controller_.state() == CompareController::State::idle);
    result_->setText(votes.vote() ? resultText() : QString());
}

}  // namespace ui
