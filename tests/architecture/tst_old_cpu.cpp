#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

namespace {

struct Run {
    int code = -1;
    QByteArray out;
    QByteArray err;
};

/// `anven` with `arguments` on an emulated Nehalem of 2008: SSE4.2, no AVX.
Run onNehalem(const QString& emulator, const QStringList& arguments) {
    QProcess process;
    process.start(emulator, QStringList{"-cpu", "Nehalem", QStringLiteral(ANVEN_PROGRAM)} + arguments);
    if (!process.waitForFinished(120000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, {}, process.errorString().toUtf8() + process.readAllStandardError()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

}  // namespace

/// The program starts and computes on a CPU that has none of the instruction sets of its variants.
class TestOldCpu : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void listOffersTheReferenceOnly();
    void generatesText();

private:
    QString emulator_;
};

void TestOldCpu::initTestCase() {
    emulator_ = QStandardPaths::findExecutable("qemu-x86_64-static");
    if (emulator_.isEmpty())
        emulator_ = QStandardPaths::findExecutable("qemu-x86_64");
    if (emulator_.isEmpty())
        QSKIP("qemu-x86_64-static is not installed");
}

void TestOldCpu::listOffersTheReferenceOnly() {
    const Run run = onNehalem(emulator_, {"kernels", "list", "--json"});
    QVERIFY2(run.code == 0, run.err.constData());
    const auto variants = QJsonDocument::fromJson(run.out).object().value("variants").toArray();
    QVERIFY(!variants.isEmpty());
    int passedOver = 0;
    for (const auto& entry : variants) {
        const auto variant = entry.toObject();
        const QString name = variant.value("name").toString();
        if (!name.startsWith("avx"))
            continue;
        ++passedOver;
        QVERIFY2(!variant.value("available").toBool(true), qPrintable(name));
        QVERIFY2(!variant.value("reason").toString().isEmpty(), qPrintable(name));
    }
    QVERIFY(passedOver > 0);
}

void TestOldCpu::generatesText() {
    const Run run = onNehalem(
        emulator_, {"generate", "demo:spinquant", "-p", "hello", "-n", "3", "--temperature", "0", "--json"});
    QVERIFY2(run.code == 0, run.err.constData());
    QCOMPARE(QJsonDocument::fromJson(run.out).object().value("generated_tokens").toInt(), 3);
}

QTEST_GUILESS_MAIN(TestOldCpu)
#include "tst_old_cpu.moc"
