#pragma once

#include <QColor>
#include <QTextCharFormat>
#include <QTextEdit>

#include "ui/models/lane_model.h"

namespace ui {

class AnswerView;

/// Probabilities in five bands. A band is told by shade and by underline, not by colour alone.
inline constexpr int kProbabilityBands = 5;
int probabilityBand(double probability);  ///< 0 = surest
QString probabilityBandText(int band);    ///< "≥ 80 %"
QTextCharFormat probabilityBandFormat(int band);

/// Marks every token with the band of its probability, or every second one where there are none, and the
/// first token that differs from the reference's.
QList<QTextEdit::ExtraSelection> tokenMarks(const AnswerView& view, const Lane& lane);
/// Marks the first difference alone.
QList<QTextEdit::ExtraSelection> divergenceMark(const AnswerView& view, const Lane& lane);

/// The answer in words against the reference's: added words underlined, removed ones struck out.
QVector<QPair<QString, QTextCharFormat>> diffPieces(const QString& reference, const QString& text);
QString diffSummary(const QString& reference, const QString& text);  ///< "3 words added, 2 removed"

/// Index of the token at a position of the text; -1 for none.
int tokenAt(const Lane& lane, int position);
/// "Token 13 “ wraps” · id 214 · p 0.312 · rank 2"; what is not known is left out.
QString tokenFacts(const Lane& lane, int token);

}  // namespace ui
