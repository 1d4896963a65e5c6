#include "ui/widgets/answer_marks.h"

#include <algorithm>

#include "engine/compare/word_diff.h"
#include "engine/report/metric_catalog.h"
#include "ui/theme.h"
#include "ui/widgets/answer_view.h"

namespace ui {
namespace {

constexpr double kBandFrom[kProbabilityBands] = {0.8, 0.5, 0.2, 0.05, 0.0};
constexpr float kBandShade[kProbabilityBands] = {0.0F, 0.12F, 0.24F, 0.38F, 0.55F};

std::pair<int, int> rangeOf(const Lane& lane, std::size_t token) {
    const auto size = static_cast<int>(lane.text.size());
    const int begin = std::min(lane.tokenStarts[token], size);
    return {begin, token + 1 < lane.tokenStarts.size() ? std::clamp(lane.tokenStarts[token + 1], begin, size)
                                                       : size};
}

QTextEdit::ExtraSelection selectionOf(const AnswerView& view, std::pair<int, int> range,
                                      const QTextCharFormat& format) {
    const int end = view.document()->characterCount() - 1;
    QTextEdit::ExtraSelection selection;
    selection.cursor = QTextCursor(view.document());
    selection.cursor.setPosition(std::min(range.first, end));
    selection.cursor.setPosition(std::min(range.second, end), QTextCursor::KeepAnchor);
    selection.format = format;
    return selection;
}

engine::DiffCounts countsOf(const QString& reference, const QString& text) {
    return engine::countWords(engine::wordDiff(reference.toStdString(), text.toStdString()));
}

}  // namespace

int probabilityBand(double probability) {
    int band = 0;
    while (band + 1 < kProbabilityBands && probability < kBandFrom[band])
        ++band;
    return band;
}

QString probabilityBandText(int band) {
    const auto percent = [](double share) { return QString::number(share * 100.0, 'f', 0); };
    return band + 1 < kProbabilityBands
               ? LaneModel::tr("≥ %1 %").arg(percent(kBandFrom[band]))
               : LaneModel::tr("< %1 %").arg(percent(kBandFrom[kProbabilityBands - 2]));
}

QTextCharFormat probabilityBandFormat(int band) {
    const auto& tokens = Theme::instance().tokens();
    QTextCharFormat format;
    if (band == 0)
        return format;
    QColor shade = tokens.dark ? tokens.variants[1] : QColor(213, 94, 0);
    shade.setAlphaF(kBandShade[band] * (tokens.dark ? 0.8F : 1.0F));
    format.setBackground(shade);
    if (band >= 3) {
        format.setUnderlineStyle(band == 3 ? QTextCharFormat::DotLine : QTextCharFormat::SingleUnderline);
        format.setUnderlineColor(tokens.text);
    }
    return format;
}

QList<QTextEdit::ExtraSelection> divergenceMark(const AnswerView& view, const Lane& lane) {
    if (!lane.agreement || !lane.agreement->firstDivergence)
        return {};
    const auto first = static_cast<std::size_t>(*lane.agreement->firstDivergence);
    if (first >= lane.tokenStarts.size())
        return {};
    QColor color = Theme::instance().variantColor(variantOf(lane));
    color.setAlphaF(Theme::instance().tokens().dark ? 0.32F : 0.24F);
    QTextCharFormat format;
    format.setBackground(color);
    format.setFontOverline(true);
    return {selectionOf(view, rangeOf(lane, first), format)};
}

QList<QTextEdit::ExtraSelection> tokenMarks(const AnswerView& view, const Lane& lane) {
    QList<QTextEdit::ExtraSelection> marks;
    const auto& scores = lane.scores.scores;
    QTextCharFormat plain;
    plain.setBackground(Theme::instance().tokens().accentSoft);
    for (std::size_t i = 0; i < lane.tokenStarts.size(); ++i) {
        const auto range = rangeOf(lane, i);
        if (range.first == range.second)
            continue;
        if (scores.empty() ? i % 2 == 1 : i < scores.size())
            marks.push_back(selectionOf(
                view, range,
                scores.empty() ? plain : probabilityBandFormat(probabilityBand(scores[i].probability))));
    }
    if (scores.empty())
        return marks + divergenceMark(view, lane);
    for (auto mark : divergenceMark(view, lane)) {  // its shade stays that of its probability
        mark.format.clearBackground();
        marks.push_back(mark);
    }
    return marks;
}

QVector<QPair<QString, QTextCharFormat>> diffPieces(const QString& reference, const QString& text) {
    const auto& tokens = Theme::instance().tokens();
    QTextCharFormat added;
    QColor shade = tokens.ok;
    shade.setAlphaF(tokens.dark ? 0.25F : 0.15F);
    added.setBackground(shade);
    added.setFontUnderline(true);
    QTextCharFormat removed;
    removed.setFontStrikeOut(true);
    removed.setForeground(tokens.warn);
    QVector<QPair<QString, QTextCharFormat>> pieces;
    for (const auto& part : engine::wordDiff(reference.toStdString(), text.toStdString()))
        pieces.push_back({QString::fromStdString(part.text), part.kind == engine::DiffKind::added ? added
                                                             : part.kind == engine::DiffKind::removed
                                                                 ? removed
                                                                 : QTextCharFormat()});
    return pieces;
}

QString diffSummary(const QString& reference, const QString& text) {
    const auto counts = countsOf(reference, text);
    if (counts.added == 0 && counts.removed == 0)
        return LaneModel::tr("the same words as the reference");
    return LaneModel::tr("%n word(s) added", nullptr, counts.added) +
           LaneModel::tr(", %1 removed").arg(counts.removed);
}

int tokenAt(const Lane& lane, int position) {
    const auto after = std::upper_bound(lane.tokenStarts.begin(), lane.tokenStarts.end(), position);
    if (after == lane.tokenStarts.begin() || position < 0 || position >= lane.text.size())
        return -1;
    return static_cast<int>(after - lane.tokenStarts.begin()) - 1;
}

QString tokenFacts(const Lane& lane, int token) {
    const auto at = static_cast<std::size_t>(token);
    if (token < 0 || at >= lane.tokenStarts.size())
        return {};
    const auto range = rangeOf(lane, at);
    QString text = lane.text.mid(range.first, range.second - range.first);
    text.replace(QLatin1Char('\n'), QStringLiteral("↵"));
    QStringList parts{LaneModel::tr("Token %1 “%2”").arg(token + 1).arg(text)};
    if (lane.record && at < lane.record->tokens.size())
        parts << LaneModel::tr("id %1").arg(engine::raw(lane.record->tokens[at]));
    if (at < lane.scores.scores.size()) {
        const auto& score = lane.scores.scores[at];
        parts << LaneModel::tr("p %1").arg(QString::fromStdString(engine::formatNumber(score.probability)))
              << LaneModel::tr("rank %1").arg(score.rank);
    }
    if (lane.agreement && lane.agreement->firstDivergence == token)
        parts << LaneModel::tr("first divergence");
    return parts.join(QStringLiteral(" · "));
}

}  // namespace ui
