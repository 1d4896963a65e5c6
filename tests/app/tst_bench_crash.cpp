// A benchmark that is killed at any moment: what was committed stays, and the run can be resumed to its end.
#include <QRandomGenerator>
#include <map>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"
#include "tests/app/anven_process.h"

class TestBenchCrash : public QObject {
    Q_OBJECT
private slots:
    void killedWhileMeasuring();
};

namespace {

constexpr int kRepetitions = 12;
constexpr int kLanes = 2;
constexpr int kPatience = 60'000;

/// What identifies a measured value, and the value.
using Samples = std::map<std::tuple<std::int64_t, int, std::string, std::string>, double>;

/// Of run 1; empty where the database is not there yet. Two samples of the same name fail the test.
Samples samplesOf(const QString& file) {
    Samples found;
    if (!QFile::exists(file))
        return found;
    auto store = engine::Store::open(file.toStdString());
    const auto lanes = store ? (*store)->lanes(1) : engine::Error{};
    if (!lanes)
        return found;
    for (const auto& lane : *lanes) {
        const auto samples = (*store)->samples(lane.id);
        if (!samples)
            continue;
        for (const auto& sample : *samples)
            if (sample.metric == "prefill_tokens_per_s" || sample.metric == "decode_tokens_per_s")
                if (!found
                         .emplace(std::tuple(lane.id, sample.repetition, sample.test, sample.metric),
                                  sample.value)
                         .second)
                    qFatal("a repetition was stored twice");
    }
    return found;
}

bool isWhole(const QString& file) {
    auto connection = engine::sqlite::Connection::open(file.toStdString());
    if (!connection)
        return false;
    engine::sqlite::Statement check(*connection, "PRAGMA integrity_check");
    return check.step().value() && check.text(0) == "ok";
}

}  // namespace

void TestBenchCrash::killedWhileMeasuring() {
    bool wanted = false;
    const int kills = std::max(1, qEnvironmentVariableIntValue("ANVEN_KILLS", &wanted));
    const int rounds = wanted ? kills : 3;
    const quint32 seed = wanted ? QRandomGenerator::system()->generate() : 20261128;
    QRandomGenerator random(seed);
    for (int round = 0; round < rounds; ++round) {
        const auto where = QStringLiteral("round %1, seed %2").arg(round).arg(seed).toStdString();
        const AnvenProcess anven;
        const QString file = anven.path(QStringLiteral("killed.sqlite"));
        QProcess process;
        anven.start(process, {"bench", "demo:bf16", "demo:spinquant", "--prefill", "48", "--decode", "16",
                              "--kernels", "reference", "--threads", "1", "--warmups", "0", "--repetitions",
                              QString::number(kRepetitions), "--db", file});
        QVERIFY(process.waitForStarted());
        const auto least = static_cast<std::size_t>(1 + random.bounded(12));
        QTRY_VERIFY2_WITH_TIMEOUT(samplesOf(file).size() >= least, where.c_str(), kPatience);
        QTest::qWait(static_cast<int>(random.bounded(60)));  // anywhere in a repetition, or in its writing
        const auto before = samplesOf(file);
        process.kill();
        QVERIFY(process.waitForFinished());

        QVERIFY2(isWhole(file), where.c_str());
        const auto after = samplesOf(file);
        for (const auto& [name, value] : before)
            QVERIFY2(after.contains(name) && after.at(name) == value, where.c_str());
        if (process.exitStatus() == QProcess::NormalExit)
            continue;  // it had just finished
        auto store = engine::Store::open(file.toStdString(), true);
        QVERIFY2(store.has_value(), where.c_str());
        QCOMPARE((*store)->run(1)->status, std::string("interrupted"));

        const auto resumed = anven.run({"bench", "--resume", "1", "--db", file, "--json"});
        QVERIFY2(resumed.exitCode == 0, resumed.err.constData());
        QCOMPARE(resumed.json().value("status", ""), std::string("finished"));
        const auto whole = samplesOf(file);
        QCOMPARE(whole.size(), std::size_t{kLanes * kRepetitions * 2});
        for (const auto& [name, value] : after)
            QVERIFY2(whole.contains(name) && whole.at(name) == value, where.c_str());
    }
}

QTEST_GUILESS_MAIN(TestBenchCrash)
#include "tst_bench_crash.moc"
