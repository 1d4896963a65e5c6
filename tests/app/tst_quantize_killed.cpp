#include <QFile>
#include <QFileInfo>

#include "tests/app/anven_process.h"

/// A job that nobody stops politely.
class TestQuantizeKilled : public QObject {
    Q_OBJECT
private slots:
    void killedJobsGoOn();

private:
    QStringList arguments(const QString& out) const {
        return {"quantize",  "demo:bf16", "--recipe", "@slow.yaml", "--out",         out,
                "--windows", "8",         "--window", "64",         "--no-evaluate", "--json"};
    }
    QByteArray bytes(const QString& name) const {
        QFile file(anven_.path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    AnvenProcess anven_;
};

void TestQuantizeKilled::killedJobsGoOn() {
    anven_.write("slow.yaml",
                 "name: a\ndescription: b\nmethod: autoround\noptions: {steps: 40}\n"
                 "rules:\n  - {tensors: \"layers.*\", scheme: int3_g32}\n");
    QProcess process;
    anven_.start(process, arguments("@out"));
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(anven_.path("out.unfinished/layer.0.safetensors")) ||
                                 process.state() == QProcess::NotRunning,
                             110'000);
    QCOMPARE(process.state(), QProcess::Running);
    process.kill();  // SIGKILL
    QVERIFY(process.waitForFinished());
    QVERIFY(!QFileInfo::exists(anven_.path("out")));
    const auto resumed = anven_.run(arguments("@out"));
    QVERIFY2(resumed.exitCode == 0, resumed.err.constData());
    QVERIFY(resumed.json().at("resumed_layers").get<int>() >= 1);
    QVERIFY(!QFileInfo::exists(anven_.path("out.unfinished")));
    const auto whole = anven_.run(arguments("@whole"));
    QVERIFY2(whole.exitCode == 0, whole.err.constData());
    QCOMPARE(whole.json().at("resumed_layers").get<int>(), 0);
    QVERIFY(!bytes("whole/model.safetensors").isEmpty());
    QVERIFY(bytes("out/model.safetensors") == bytes("whole/model.safetensors"));
}

QTEST_GUILESS_MAIN(TestQuantizeKilled)
#include "tst_quantize_killed.moc"
