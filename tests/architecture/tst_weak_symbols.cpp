#include <QFileInfo>
#include <QProcess>
#include <QtTest>

namespace {

/// The paths of kernel_objects.txt whose names contain `part`.
QStringList objects(const QString& part) {
    QFile list(QStringLiteral(ANVEN_KERNEL_OBJECTS));
    if (!list.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(list.readAll()).split('\n', Qt::SkipEmptyParts).filter(part);
}

struct Symbols {
    QStringList weak;  // demangled, defined or not
    int all = 0;
    QString error;
};

/// What `nm` says about one object. The type letters w, W, v, V and u are those that a linker may take from
/// any object.
Symbols symbolsOf(const QString& object) {
    QProcess nm;
    nm.start(QStringLiteral(ANVEN_NM), {"--demangle", "--format=posix", object});
    if (!nm.waitForFinished() || nm.exitStatus() != QProcess::NormalExit || nm.exitCode() != 0)
        return {{}, 0, nm.errorString() + QString::fromUtf8(nm.readAllStandardError())};
    Symbols symbols;
    static const QRegularExpression weak(" [wWvVu]( [0-9a-f]+)*\\s*$");
    for (const QString& line :
         QString::fromUtf8(nm.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts)) {
        ++symbols.all;
        if (weak.match(line).hasMatch())
            symbols.weak << line;
    }
    return symbols;
}

}  // namespace

/// Code compiled for a newer instruction set must not lend functions to the rest of the program: an inline
/// function becomes a weak symbol, of which the linker keeps any one copy, and the program then dies on an
/// older CPU.
class TestWeakSymbols : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void nmFindsWeakSymbols();
    void variantsHaveNone_data();
    void variantsHaveNone();
};

void TestWeakSymbols::initTestCase() {
    if (!QFileInfo(QStringLiteral(ANVEN_NM)).isExecutable())
        QSKIP("nm was not found when this was configured");
}

void TestWeakSymbols::nmFindsWeakSymbols() {
    const auto symbols = symbolsOf(QStringLiteral(ANVEN_WEAK_SAMPLE));
    QVERIFY2(symbols.error.isEmpty(), qPrintable(symbols.error));
    QCOMPARE(symbols.weak.size(), 1);
    QVERIFY2(symbols.weak.front().contains("larger"), qPrintable(symbols.weak.front()));
}

void TestWeakSymbols::variantsHaveNone_data() {
    QTest::addColumn<QString>("object");
    for (const QString& object : objects("/avx") + objects("/amx") + objects("/neon"))
        QTest::addRow("%s", qPrintable(object.section('/', -2))) << object;
#if defined(__x86_64__)
    QVERIFY(!objects("/avx2.cpp").isEmpty());
    QVERIFY(!objects("/avx512.cpp").isEmpty());
#endif
}

void TestWeakSymbols::variantsHaveNone() {
    QFETCH(QString, object);
    const auto symbols = symbolsOf(object);
    QVERIFY2(symbols.error.isEmpty(), qPrintable(symbols.error));
    QVERIFY(symbols.all > 0);
    QVERIFY2(symbols.weak.isEmpty(), qPrintable(symbols.weak.join('\n')));
}

QTEST_GUILESS_MAIN(TestWeakSymbols)
#include "tst_weak_symbols.moc"
