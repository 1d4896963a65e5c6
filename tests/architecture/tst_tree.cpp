#include <QRegularExpression>
#include <QtTest>

#include "tests/architecture/source_tree.h"

namespace {

const QStringList kFolders{"app", "engine", "installer", "kernels", "profiles", "resources", "tests", "ui"};
const QStringList kSourcePatterns{"*.h", "*.cpp"};
/// "Mostly under 400 lines": the share that may be longer, and the length at which a file is two things for
/// certain.
constexpr int kUsualLines = 400;
constexpr int kMostLines = 600;
constexpr double kShareOfLongFiles = 0.03;
constexpr qint64 kMostBytes = 4 << 20;
constexpr qint64 kMostModelBytes = 10 << 20;  ///< weights of the embedded model

QDir root() {
    return QDir(QStringLiteral(ANVEN_SOURCE_DIR));
}

/// Files that are tables of data: their length says nothing.
bool isTable(const QString& file) {
    return file == "kernels/hadamard/tables.cpp" || file.contains("unicode_tables");
}

QStringList sourceFiles() {
    QStringList files;
    for (const QString& folder : kFolders)
        files << architecture::filesUnder(folder, kSourcePatterns);
    return files;
}

/// Folder names that .gitignore keeps out of the repository ("/build/").
QStringList ignoredFolders() {
    QStringList names;
    for (QString line : architecture::readSource(".gitignore").split('\n'))
        if (line.endsWith('/'))
            names << line.remove('/');
    return names;
}

/// A reminder must say what ends it: "…: drop this when GCC 13 is the oldest compiler".
bool isEndlessReminder(const QString& line) {
    static const QRegularExpression reminder(QString("\\b(%1|%2|%3)\\b")
                                                 .arg("TO"
                                                      "DO",
                                                      "FIX"
                                                      "ME",
                                                      "HA"
                                                      "CK"));
    static const QRegularExpression condition("\\b(when|once|until|after|as soon as)\\b");
    return reminder.match(line).hasMatch() && !condition.match(line).hasMatch();
}

}  // namespace

class TestTree : public QObject {
    Q_OBJECT
private slots:
    void topFoldersAreThoseOfTheDesign();
    void everyTopFolderHasAReadme_data();
    void everyTopFolderHasAReadme();
    void sourceFilesAreShort();
    void noFileIsHuge();
    void remindersNameTheirCondition_data();
    void remindersNameTheirCondition();
    void noReminderIsEndless();
    void filesAreNamedAfterOneThing();
    void fileNamesAreSnakeCase();
    void everyKernelOpIsTested();
};

void TestTree::topFoldersAreThoseOfTheDesign() {
    QStringList found = root().entryList(QDir::Dirs | QDir::NoDotAndDotDot);  // hidden ones belong to tools
    for (const QString& ignored : ignoredFolders())
        found.removeAll(ignored);
    found.sort();
    QCOMPARE(found, kFolders);
}

void TestTree::everyTopFolderHasAReadme_data() {
    QTest::addColumn<QString>("folder");
    QTest::addRow("root") << ".";
    for (const QString& folder : kFolders)
        QTest::addRow("%s", qPrintable(folder)) << folder;
}

void TestTree::everyTopFolderHasAReadme() {
    QFETCH(QString, folder);
    const QFileInfo readme(root().filePath(folder + "/README.md"));
    QVERIFY2(readme.isFile() && readme.size() > 80, qPrintable(readme.filePath()));
}

void TestTree::sourceFilesAreShort() {
    QStringList usual;
    QStringList tooLong;
    const QStringList files = sourceFiles();
    QVERIFY(files.size() > 50);
    for (const QString& file : files) {
        if (isTable(file))
            continue;
        const auto lines = architecture::readSource(file).count('\n');
        if (lines > kUsualLines)
            usual << QString("%1 (%2 lines)").arg(file).arg(lines);
        if (lines > kMostLines)
            tooLong << QString("%1 (%2 lines)").arg(file).arg(lines);
    }
    QVERIFY2(tooLong.isEmpty(), qPrintable(tooLong.join('\n')));
    QVERIFY2(static_cast<double>(usual.size()) <= kShareOfLongFiles * static_cast<double>(files.size()),
             qPrintable(usual.join('\n')));
}

void TestTree::noFileIsHuge() {
    for (const QString& folder : kFolders)
        for (const QString& file : architecture::filesUnder(folder, {"*"}))
            QVERIFY2(QFileInfo(root().filePath(file)).size() <=
                         (file.startsWith("resources/demo/") ? kMostModelBytes : kMostBytes),
                     qPrintable(file));
}

void TestTree::remindersNameTheirCondition_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("endless");
    QTest::newRow("bare") << QString(
                                 "// TO"
                                 "DO: make this faster")
                          << true;
    QTest::newRow("with condition") << QString(
                                           "// TO"
                                           "DO: std::expected once GCC 13 is the oldest compiler")
                                    << false;
    QTest::newRow("none") << QString("auto todo = 1;  // plain code") << false;
    QTest::newRow("mkstemp pattern") << QString("\"anven-XXXXXX\"") << false;
}

void TestTree::remindersNameTheirCondition() {
    QFETCH(QString, line);
    QTEST(isEndlessReminder(line), "endless");
}

void TestTree::noReminderIsEndless() {
    QStringList found;
    for (const QString& folder : kFolders)
        for (const QString& file : architecture::filesUnder(
                 folder, {"*.h", "*.cpp", "*.cmake", "CMakeLists.txt", "*.yaml", "*.sh"}))
            for (const QString& line : architecture::readSource(file).split('\n'))
                if (isEndlessReminder(line))
                    found << file + ": " + line.trimmed();
    QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
}

void TestTree::filesAreNamedAfterOneThing() {
    static const QRegularExpression vague("(^|/|_)(utils?|misc|common|manager|helpers?)(_|\\.|/)");
    const QStringList found = sourceFiles().filter(vague);
    QVERIFY2(found.isEmpty(), qPrintable(found.join('\n')));
}

void TestTree::fileNamesAreSnakeCase() {
    static const QRegularExpression snake("^[a-z0-9_/]+\\.(h|cpp)$");
    for (const QString& file : sourceFiles())
        QVERIFY2(snake.match(file).hasMatch(), qPrintable(file));
}

void TestTree::everyKernelOpIsTested() {
    const QDir kernels(root().filePath("kernels"));
    int ops = 0;
    for (const QString& op : kernels.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (!QFile::exists(kernels.filePath(op + "/reference.cpp")))
            continue;
        ++ops;
        const QString test = QString("tests/kernels/%1/tst_%1.cpp").arg(op);
        QVERIFY2(QFile::exists(root().filePath(test)), qPrintable(test));
    }
    QVERIFY(ops >= 11);
}

QTEST_APPLESS_MAIN(TestTree)
#include "tst_tree.moc"
