#pragma once

#include <QString>
#include <QStringList>
#include <vector>

namespace architecture {

/// One `#include`, as it stands between the quotes or brackets.
struct Include {
    QString name;
    bool quoted = false;
};

/// Paths relative to the source root, '/' between folders, of every file under `folder` that is named like
/// one of `patterns`.
QStringList filesUnder(const QString& folder, const QStringList& patterns);

/// A file's text. A file that cannot be read is a failure in the log and an empty text.
QString readSource(const QString& relativePath);

/// The includes of C++ source text, in order; those in comments and strings are not told apart.
std::vector<Include> includesOf(const QString& text);

}  // namespace architecture
