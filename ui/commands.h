#pragma once

#include <QKeySequence>
#include <QString>
#include <QVector>
#include <functional>

namespace ui {

/// Something a person can do or open from anywhere, by its words or its keys.
struct Command {
    QString title;
    QString group;  ///< "Go to", "Chat", …: what kind it is
    QKeySequence keys = {};
    std::function<void()> run;
};

/// The commands whose title or group holds every word of `text`, those whose title begins with it first, at
/// most `most`. An empty text finds all.
QVector<Command> findCommands(const QVector<Command>& all, const QString& text, int most);

}  // namespace ui
