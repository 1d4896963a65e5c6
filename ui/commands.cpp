#include "ui/commands.h"

#include <algorithm>

namespace ui {
namespace {

/// 0: no match; more is better.
int fitOf(const Command& command, const QStringList& words, const QString& text) {
    for (const auto& word : words)
        if (!command.title.contains(word, Qt::CaseInsensitive) &&
            !command.group.contains(word, Qt::CaseInsensitive))
            return 0;
    if (command.title.startsWith(text, Qt::CaseInsensitive))
        return 3;
    return command.title.contains(text, Qt::CaseInsensitive) ? 2 : 1;
}

}  // namespace

QVector<Command> findCommands(const QVector<Command>& all, const QString& asked, int most) {
    const QString text = asked.simplified();
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QVector<std::pair<int, const Command*>> found;
    for (const auto& command : all)
        if (const int fit = fitOf(command, words, text); fit > 0)
            found.push_back({fit, &command});
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    QVector<Command> commands;
    for (const auto& [fit, command] : found)
        if (commands.size() < most)
            commands.push_back(*command);
    return commands;
}

}  // namespace ui
