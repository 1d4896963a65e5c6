#pragma once

#include <QVector>
#include <QWidget>

#include "engine/prompt/tool_definitions.h"

class QPlainTextEdit;

namespace ui {

/// Calls that an answer consists of, each with its arguments and what is wrong with it. Nothing is executed:
/// the person types or pastes what the function gave.
class ToolCallCard : public QWidget {
    Q_OBJECT

public:
    ToolCallCard(const std::vector<engine::ToolCall>& calls,
                 const std::vector<engine::ToolDefinition>& definitions, QWidget* parent = nullptr);
    /// Whether results may be given (the last message).
    void setAnswerable(bool answerable);

signals:
    void resultsGiven(QStringList results);

private:
    QWidget* makeCall(const engine::ToolCall& call, const QStringList& problems);
    void send();

    QVector<QPlainTextEdit*> results_;
    QWidget* sendLine_;
};

}  // namespace ui
