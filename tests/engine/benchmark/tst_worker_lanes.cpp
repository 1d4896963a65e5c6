#include <signal.h>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/benchmark/benchmark.h"
#include "engine/benchmark/worker_lane.h"
#include "engine/report/report.h"
#include "engine/report/run_cells.h"
#include "engine/synthetic/random_model.h"
#include "tests/engine/energy/fake_system.h"

/// Lanes in real processes of the built program: one that dies costs itself alone, energy and quality arrive.
class TestWorkerLanes : public QObject {
    Q_OBJECT
private slots:
    void init();
    void aLaneThatIsKilledIsRecordedAsSuch_data();
    void aLaneThatIsKilledIsRecordedAsSuch();
    void pauseHoldsBetweenRepetitions();
    void energyIsNetOfIdleByPhase();
    void qualityIsAgainstTheFirstLane();

private:
    engine::BenchmarkRequest request() const {
        engine::BenchmarkRequest request;
        for (const char* name : {"bf16", "spinquant"}) {
            request.lanes.push_back({name, {}});
            request.lanes.back().load.model = std::string("demo:") + name;
            request.lanes.back().load.threads = 1;
            request.lanes.back().load.context = 256;
        }
        request.tests = {{"decode", 0, 4, 0}};
        request.repetitions = {3, 3, 0.0};
        request.warmup = {1, 0.0};
        request.worker = ANVEN_PROGRAM;
        return request;
    }
    engine::RunReport report(std::int64_t id) {
        const std::int64_t ids[] = {id};
        return engine::loadReports(*store_, ids)->front();
    }
    static int count(const engine::LaneReport& lane, const std::string& metric) {
        return static_cast<int>(std::count_if(lane.samples.begin(), lane.samples.end(),
                                              [&](const auto& sample) { return sample.metric == metric; }));
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<engine::Store> store_;
};

namespace {

/// A worker whose process is known to the test.
class KnownLane : public engine::LaneProcess {
public:
    KnownLane(std::unique_ptr<engine::LaneProcess> lane, std::vector<int>& pids)
        : lane_(std::move(lane)), pids_(pids) {}
    engine::Result<engine::LoadedModel> load(const engine::LoadRequest& request,
                                             std::stop_token stop) override {
        pids_.push_back(lane_->processId());
        return lane_->load(request, stop);
    }
    engine::Result<engine::MeasureResult> measure(const engine::MeasureRequest& request,
                                                  std::stop_token stop) override {
        return lane_->measure(request, stop);
    }

private:
    std::unique_ptr<engine::LaneProcess> lane_;
    std::vector<int>& pids_;
};

}  // namespace

void TestWorkerLanes::init() {
    store_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    store_ = std::move(*engine::Store::open(folder_->filePath("b.sqlite").toStdString()));
}

void TestWorkerLanes::aLaneThatIsKilledIsRecordedAsSuch_data() {
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("words");
    QTest::newRow("out of memory") << SIGKILL << "signal 9 (Killed); the system may have run out of memory";
    QTest::newRow("illegal instruction") << SIGILL << "signal 4 (Illegal instruction)";
    QTest::newRow("crash") << SIGSEGV << "signal 11 (Segmentation fault)";
}

void TestWorkerLanes::aLaneThatIsKilledIsRecordedAsSuch() {
    QFETCH(int, signal);
    QFETCH(QString, words);
    std::vector<int> pids;
    auto wanted = request();
    wanted.startLane = [&]() -> engine::Result<std::unique_ptr<engine::LaneProcess>> {
        auto lane = engine::startWorkerLane(ANVEN_PROGRAM);
        if (!lane)
            return lane.error();
        return std::unique_ptr<engine::LaneProcess>(std::make_unique<KnownLane>(std::move(*lane), pids));
    };
    engine::BenchmarkListener listener;
    listener.measured = [&](std::int64_t done, std::int64_t, std::size_t, const auto&) {
        if (done == 2)  // both lanes were measured once
            ::kill(pids.at(0), signal);
    };
    const auto id = engine::runBenchmark(wanted, listener, *store_);
    QVERIFY2(id, id ? "" : id.error().message.c_str());
    const auto done = report(*id);
    QCOMPARE(done.run.status, std::string("finished"));
    QCOMPARE(done.lanes[0].lane.status, std::string("failed"));
    QVERIFY2(done.lanes[0].lane.error.find(words.toStdString()) != std::string::npos,
             done.lanes[0].lane.error.c_str());
    QCOMPARE(count(done.lanes[0], "decode_tokens_per_s"), 1);  // what it had measured is kept
    QCOMPARE(done.lanes[1].lane.status, std::string("finished"));
    QCOMPARE(count(done.lanes[1], "decode_tokens_per_s"), 3);
    QCOMPARE(count(done.lanes[1], "itl_ms"), 12);  // every token's own time
    const auto cells = engine::runCells(done);
    QVERIFY(engine::cellWarnings(cells[0]).find(words.toStdString()) != std::string::npos);
    QFile file(folder_->filePath("report.md"));
    QVERIFY(engine::writeReport({done}, file.fileName().toStdString()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains(QString("signal %1").arg(signal).toUtf8()));
}

void TestWorkerLanes::pauseHoldsBetweenRepetitions() {
    auto wanted = request();
    wanted.paused = std::make_shared<engine::PauseSwitch>();
    engine::BenchmarkListener listener;
    std::vector<std::string> steps;
    std::jthread waker;
    listener.progressed = [&](const engine::BenchmarkProgress& now) {
        using Step = engine::BenchmarkProgress::Step;
        steps.emplace_back(now.step == Step::paused      ? "paused"
                           : now.step == Step::warmup    ? "warmup"
                           : now.step == Step::measuring ? "measuring"
                                                         : "other");
        if (now.step == Step::paused)
            waker = std::jthread([&] { wanted.paused->resume(); });
    };
    listener.measured = [&](std::int64_t done, std::int64_t, std::size_t, const auto&) {
        if (done == 1)
            wanted.paused->pause();
    };
    const auto id = engine::runBenchmark(wanted, listener, *store_);
    QVERIFY2(id, id ? "" : id.error().message.c_str());
    const auto at = std::find(steps.begin(), steps.end(), "paused");
    QVERIFY(at != steps.end());
    QCOMPARE(std::vector<std::string>(at + 1, at + 5),
             (std::vector<std::string>{"warmup", "measuring", "warmup", "measuring"}));
    for (const auto& lane : report(*id).lanes) {
        QCOMPARE(lane.lane.status, std::string("finished"));
        QCOMPARE(count(lane, "decode_tokens_per_s"), 3);
        QCOMPARE(count(lane, "warmup_ms"), 2);
    }
}

void TestWorkerLanes::energyIsNetOfIdleByPhase() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 0);
    // A package that takes 1 J in every 10 ms of the test's thread.
    std::jthread power([&](const std::stop_token& stop) {
        for (std::uint64_t uj = 0; !stop.stop_requested(); uj += 1'000'000) {
            system.setRapl("intel-rapl:0", uj);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    auto wanted = request();
    wanted.lanes.resize(1);
    wanted.systemRoot = system.root();
    wanted.idleSeconds = 0.3;
    // Slow enough for a window of half a second, and longer than the demo's context.
    engine::RandomModelRequest random;
    random.shape = "tiny";
    random.out = std::filesystem::path(folder_->path().toStdString()) / "tiny";
    QVERIFY(engine::makeRandomModel(random));
    wanted.lanes[0].load.model = random.out.string();
    wanted.lanes[0].load.kernels = "reference";
    wanted.lanes[0].load.context = 2048;
    wanted.tests = {{"decode", 0, 2, 0}, {"decode", 0, 2000, 0}};
    wanted.repetitions = {1, 1, 0.0};
    wanted.warmup = {0, 0.0};
    const auto id = engine::runBenchmark(wanted, {}, *store_);
    QVERIFY2(id, id ? "" : id.error().message.c_str());
    const auto done = report(*id);
    const auto cells = engine::runCells(done);
    QCOMPARE(count(done.lanes[0], "idle_watts"), 1);
    QVERIFY2(cells[0].energyReason.starts_with("window too short"), cells[0].energyReason.c_str());
    QVERIFY(!cells[0].joulesPerToken);
    const auto valueOf = [&](const char* metric) {
        for (const auto& sample : done.lanes[0].samples)
            if (sample.metric == metric)
                return sample.value;
        return -1.0;
    };
    double elapsed = 0.0;
    for (const auto& sample : done.lanes[0].samples)
        if (sample.metric == "elapsed_ms")
            elapsed = sample.value / 1000.0;
    const double net = valueOf("energy_gross_joules") - valueOf("idle_watts") * elapsed;
    QVERIFY(std::abs(valueOf("energy_net_joules") - net) < 0.02 * valueOf("energy_gross_joules") + 1.0);
    QCOMPARE(valueOf("joules_per_token"), valueOf("energy_net_joules") / 2000.0);
    QCOMPARE(cells[1].energySource, std::string("rapl:package-0"));
}

void TestWorkerLanes::qualityIsAgainstTheFirstLane() {
    auto wanted = request();
    wanted.tests.clear();
    wanted.quality = engine::ProfileQuality{"", 128, 3};
    const auto id = engine::runBenchmark(wanted, {}, *store_);
    QVERIFY2(id, id ? "" : id.error().message.c_str());
    const auto done = report(*id);
    for (const auto& lane : done.lanes)
        QVERIFY2(lane.lane.status == "finished", lane.lane.error.c_str());
    engine::EvaluationRequest evaluation;
    evaluation.model = wanted.lanes[1].load;
    evaluation.reference = wanted.lanes[0].load;
    evaluation.text = std::filesystem::path(ANVEN_SOURCE_DIR) / "resources/quality/prose.txt";
    evaluation.window = 128;
    evaluation.limit = 3;
    const auto expected = engine::evaluate(evaluation);
    QVERIFY2(expected, expected ? "" : expected.error().message.c_str());
    const auto cells = engine::runCells(done);
    QCOMPARE(cells.size(), std::size_t{2});
    QVERIFY(cells[0].perplexity && !cells[0].klMean);
    QCOMPARE(cells[1].perplexity, std::optional(expected->perplexity));
    QCOMPARE(cells[1].klMean, expected->klMean);
    QCOMPARE(cells[1].top1, expected->top1Agreement);
}

QTEST_GUILESS_MAIN(TestWorkerLanes)
#include "tst_worker_lanes.moc"
