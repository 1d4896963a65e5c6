#include "tests/architecture/source_tree.h"

#include <QDirIterator>
#include <QRegularExpression>

namespace architecture {
namespace {
QString root() {
    return QStringLiteral(ANVEN_SOURCE_DIR);
}
}  // namespace

QStringList filesUnder(const QString& folder, const QStringList& patterns) {
    QStringList found;
    const QDir base(root());
    QDirIterator iterator(base.filePath(folder), patterns, QDir::Files, QDirIterator::Subdirectories);
    while (iterator.hasNext())
        found << base.relativeFilePath(iterator.next());
    found.sort();
    return found;
}

QString readSource(const QString& relativePath) {
    QFile file(QDir(root()).filePath(relativePath));
    if (!file.open(QIODevice::ReadOnly)) {
        qCritical("cannot read %s", qPrintable(relativePath));
        return {};
    }
    return QString::fromUtf8(file.readAll());
}

std::vector<Include> includesOf(const QString& text) {
    static const QRegularExpression pattern(R"(^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])",
                                            QRegularExpression::MultilineOption);
    std::vector<Include> includes;
    for (auto matches = pattern.globalMatch(text); matches.hasNext();) {
        const auto match = matches.next();
        includes.push_back({match.captured(2), match.captured(1) == QStringLiteral("\"")});
    }
    return includes;
}

}  // namespace architecture
