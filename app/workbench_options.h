#pragma once

#include <QList>
#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>

/// What the command line of anven-workbench asks for.
struct WorkbenchOptions {
    QStringList models;  ///< lanes in place of the remembered ones
    QString page;        ///< empty: the remembered one
    QString database;    ///< empty: the default place
    QString settings;    ///< INI file; empty: the default place
    QString theme;       ///< empty: the remembered one
    std::optional<QSize> size;
    QString prompt;
    bool run = false;          ///< starts the comparison or the chat at once
    QString screenshot;        ///< writes the window to this file when it has settled, then ends
    QString report;            ///< writes runs as PDF to this file, then ends
    QList<qint64> reportRuns;  ///< empty: the newest

    /// Nothing that a person would not be greeted before: no work, no picture, no page of choice.
    bool asksNothing() const {
        return models.isEmpty() && page.isEmpty() && prompt.isEmpty() && !run && screenshot.isEmpty() &&
               report.isEmpty();
    }
};

/// Reads `arguments` (the program's name first). On bad usage `error` says what is wrong; for --help and
/// --version `text` is to be printed and the program ends.
struct ParsedOptions {
    WorkbenchOptions options;
    QString error;
    QString text;
};
ParsedOptions parseWorkbenchOptions(const QStringList& arguments);
