#include <sched.h>

#include <QtTest>
#include <atomic>
#include <numeric>

#include "engine/runtime/thread_team.h"

using engine::TeamMember;
using engine::ThreadTeam;

/// Members that run together, share work without gaps and wait for each other.
class TestThreadTeam : public QObject {
    Q_OBJECT
private slots:
    void everyMemberRunsOnce_data() { sizes(); }
    void everyMemberRunsOnce();
    void sharesCoverEverythingOnce_data();
    void sharesCoverEverythingOnce();
    void barriersSeparatePhases_data() { sizes(); }
    void barriersSeparatePhases();
    void theCallerIsSetFreeAgain();
    void sizeZeroIsOnePerCore();
    void refusesImpossibleSizes_data();
    void refusesImpossibleSizes();

private:
    static void sizes();
};

namespace {

std::unique_ptr<ThreadTeam> makeTeam(int threads) {
    auto team = ThreadTeam::create(threads);
    return team ? std::move(*team) : nullptr;
}

}  // namespace

void TestThreadTeam::sizes() {
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 3, 7})  // also more than this machine may have
        QTest::addRow("%d threads", threads) << threads;
}

void TestThreadTeam::everyMemberRunsOnce() {
    QFETCH(int, threads);
    const auto team = makeTeam(threads);
    QVERIFY(team);
    QCOMPARE(team->size(), threads);
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(threads));
    for (int round = 1; round <= 200; ++round) {
        team->run([&](const TeamMember& member) {
            if (member.count == threads)
                runs[static_cast<std::size_t>(member.index)].fetch_add(1);
        });
        for (const auto& count : runs)
            QCOMPARE(count.load(), round);
    }
}

void TestThreadTeam::sharesCoverEverythingOnce_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("n");
    QTest::addColumn<int>("grain");
    for (const int count : {1, 2, 3, 16})
        for (const int n : {0, 1, 5, 64, 1000})
            for (const int grain : {1, 8, 32})
                QTest::addRow("%d members, %d rows of %d", count, n, grain) << count << n << grain;
}

void TestThreadTeam::sharesCoverEverythingOnce() {
    QFETCH(int, count);
    QFETCH(int, n);
    QFETCH(int, grain);
    std::int64_t next = 0;
    for (int index = 0; index < count; ++index) {
        const auto [begin, end] = TeamMember{index, count, nullptr}.share(n, grain);
        QCOMPARE(begin, next);
        QVERIFY(end >= begin && end <= n);
        QVERIFY(begin % grain == 0 || begin == n);  // a unit is never cut
        next = end;
    }
    QCOMPARE(next, n);
}

// Each phase reads what all others wrote in the one before.
void TestThreadTeam::barriersSeparatePhases() {
    QFETCH(int, threads);
    const auto team = makeTeam(threads);
    QVERIFY(team);
    std::vector<int> values(static_cast<std::size_t>(threads), 0);
    std::atomic<int> wrong{0};
    constexpr int kPhases = 500;
    team->run([&](const TeamMember& member) {
        for (int phase = 0; phase < kPhases; ++phase) {
            values[static_cast<std::size_t>(member.index)] = phase + 1;
            member.barrier();
            if (std::accumulate(values.begin(), values.end(), 0) != threads * (phase + 1))
                wrong.fetch_add(1);
            member.barrier();
        }
    });
    QCOMPARE(wrong.load(), 0);
}

void TestThreadTeam::theCallerIsSetFreeAgain() {
    cpu_set_t before;
    cpu_set_t after;
    QCOMPARE(::sched_getaffinity(0, sizeof before, &before), 0);
    {
        const auto outer = makeTeam(2);
        const auto inner = makeTeam(1);
        inner->run([](const TeamMember&) {});
        outer->run([](const TeamMember&) {});
    }
    QCOMPARE(::sched_getaffinity(0, sizeof after, &after), 0);
    QVERIFY(CPU_EQUAL(&before, &after));
}

void TestThreadTeam::sizeZeroIsOnePerCore() {
    const auto team = makeTeam(0);
    QVERIFY(team);
    QVERIFY(team->size() >= 1 && team->size() <= static_cast<int>(std::thread::hardware_concurrency()));
}

void TestThreadTeam::refusesImpossibleSizes_data() {
    QTest::addColumn<int>("threads");
    QTest::newRow("negative") << -1;
    QTest::newRow("too many") << 1025;
}

void TestThreadTeam::refusesImpossibleSizes() {
    QFETCH(int, threads);
    const auto team = ThreadTeam::create(threads);
    QVERIFY(!team);
    QCOMPARE(team.error().code, engine::ErrorCode::invalidInput);
    QVERIFY(QString::fromStdString(team.error().message).contains(QString::number(threads)));
}

QTEST_GUILESS_MAIN(TestThreadTeam)
#include "tst_thread_team.moc"
