#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <map>

#include "engine/benchmark/benchmark.h"
#include "engine/benchmark/benchmark_json.h"
#include "engine/report/report.h"
#include "engine/report/run_warnings.h"

using engine::BenchmarkRequest;
using engine::Error;
using engine::Result;

namespace {

/// What the lanes were asked, and how long they say that they took; no clock is read.
struct Script {
    /// Milliseconds of the n-th call of a lane, warm-ups included; an error fails the lane.
    std::function<Result<double>(const std::string& lane, int call)> milliseconds = [](const auto&, int) {
        return 100.0;
    };
    std::vector<std::string> calls;  ///< lanes in the order of their calls
    std::vector<std::uint64_t> seeds;
    std::map<std::string, int> callsOf;
    int loaded = 0;      ///< lanes that are loaded now
    int mostLoaded = 0;  ///< at once
};

class ScriptedLane : public engine::LaneProcess {
public:
    explicit ScriptedLane(Script& script) : script_(script) {}
    ~ScriptedLane() override { script_.loaded -= loaded_ ? 1 : 0; }
    Result<engine::LoadedModel> load(const engine::LoadRequest& request, std::stop_token) override {
        model_ = request.model;
        if (model_ == "missing")
            return Error{engine::ErrorCode::notFound, "missing: there is no such file"};
        loaded_ = true;
        script_.mostLoaded = std::max(script_.mostLoaded, ++script_.loaded);
        engine::LoadedModel loaded;
        loaded.loadMs = 5.0;
        loaded.threads = request.threads;
        return loaded;
    }
    Result<engine::MeasureResult> measure(const engine::MeasureRequest& request, std::stop_token) override {
        script_.calls.push_back(model_);
        script_.seeds.push_back(request.seed);
        auto milliseconds = script_.milliseconds(model_, script_.callsOf[model_]++);
        if (!milliseconds)
            return milliseconds.error();
        engine::MeasureResult result;
        result.milliseconds = *milliseconds;
        if (request.test == "decode")
            result.itlMs.assign(static_cast<std::size_t>(request.generate), *milliseconds / 2.0);
        result.peakRssBytes = 1000;
        result.energy.reason = "a script uses none";
        return result;
    }

private:
    Script& script_;
    std::string model_;
    bool loaded_ = false;
};

}  // namespace

/// The loop of the benchmark over lanes that answer by script.
class TestBenchmark : public QObject {
    Q_OBJECT
private slots:
    void init();
    void lanesTakeTurns();
    void sequentialLanesAreLoadedOneByOne();
    void lanesWarmUpAndRepeatAsOftenAsEachNeeds();
    void everySampleIsKept();
    void aLaneThatFailsCostsItself();
    void cancelKeepsWhatWasMeasuredAndResumeMeasuresTheRest();
    void resumeOfACompleteRunLoadsNothing();
    void resumeRefusesOtherBuildsAndKinds();
    void theRequestSurvivesItsText();
    void aBusyMachineIsAWarning();
    void widthsAndWarmupsAreWarnings();
    void readsTheLoadOfTheMachine();

private:
    BenchmarkRequest request(std::vector<std::string> models) {
        BenchmarkRequest request;
        for (auto& model : models) {
            request.lanes.push_back({model, {}});
            request.lanes.back().load.model = model;
            request.lanes.back().load.threads = 2;
        }
        request.tests = {{"decode", 0, 10, 0}};
        request.repetitions = {3, 3, 0.0};
        request.warmup = {1, 0.0};
        request.startLane = [this]() -> Result<std::unique_ptr<engine::LaneProcess>> {
            return std::unique_ptr<engine::LaneProcess>(std::make_unique<ScriptedLane>(script_));
        };
        request.backgroundLoad = [this] { return load_; };
        request.machineState = [] { return engine::MachineState{}; };
        return request;
    }
    std::int64_t run(const BenchmarkRequest& request, std::stop_token stop = {}) {
        const auto id = engine::runBenchmark(request, listener_, *store_, std::move(stop));
        if (!id)
            qFatal("%s", id.error().message.c_str());
        return *id;
    }
    engine::RunReport report(std::int64_t id) {
        const std::int64_t ids[] = {id};
        return engine::loadReports(*store_, ids)->front();
    }
    static std::vector<double> valuesOf(const engine::LaneReport& lane, const std::string& metric) {
        std::vector<double> values;
        for (const auto& sample : lane.samples)
            if (sample.metric == metric)
                values.push_back(sample.value);
        return values;
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<engine::Store> store_;
    Script script_;
    engine::BackgroundLoad load_;
    engine::BenchmarkListener listener_;
};

void TestBenchmark::init() {
    store_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    auto store = engine::Store::open(folder_->filePath("b.sqlite").toStdString());
    QVERIFY(store);
    store_ = std::move(*store);
    script_ = {};
    load_ = {0.5, 1000, 0.25};
    listener_ = {};
}

void TestBenchmark::lanesTakeTurns() {
    const auto id = run(request({"a", "b"}));
    QCOMPARE(script_.calls, (std::vector<std::string>{"a", "b", "a", "b", "a", "b", "a", "b"}));
    QCOMPARE(script_.mostLoaded, 2);
    QCOMPARE(script_.loaded, 0);
    QCOMPARE(report(id).run.status, std::string("finished"));
    // Both lanes get the same tokens, every repetition its own.
    QCOMPARE(script_.seeds, (std::vector<std::uint64_t>{42, 42, 43, 43, 44, 44, 45, 45}));
}

void TestBenchmark::sequentialLanesAreLoadedOneByOne() {
    auto wanted = request({"a", "b"});
    wanted.order = engine::LaneOrder::sequential;
    const auto id = run(wanted);
    QCOMPARE(script_.calls, (std::vector<std::string>{"a", "a", "a", "a", "b", "b", "b", "b"}));
    QCOMPARE(script_.mostLoaded, 1);
    for (const auto& lane : report(id).lanes)
        QCOMPARE(lane.lane.status, std::string("finished"));
}

void TestBenchmark::lanesWarmUpAndRepeatAsOftenAsEachNeeds() {
    script_.milliseconds = [](const std::string& lane, int call) -> Result<double> {
        if (lane == "steady")
            return 100.0;
        return call % 2 == 0 ? 50.0 : 150.0;
    };
    auto wanted = request({"steady", "noisy"});
    wanted.repetitions = {3, 7, 5.0};
    wanted.warmup = {5, 2.0};
    std::vector<std::pair<std::int64_t, std::int64_t>> progress;
    listener_.measured = [&](std::int64_t done, std::int64_t total, std::size_t, const auto&) {
        progress.emplace_back(done, total);
    };
    const auto done = report(run(wanted));
    QCOMPARE(valuesOf(done.lanes[0], "warmup_ms").size(), std::size_t{2});
    QCOMPARE(valuesOf(done.lanes[0], "decode_tokens_per_s"), (std::vector<double>{100.0, 100.0, 100.0}));
    QCOMPARE(valuesOf(done.lanes[1], "warmup_ms").size(), std::size_t{5});
    QCOMPARE(valuesOf(done.lanes[1], "decode_tokens_per_s").size(), std::size_t{7});
    QCOMPARE(progress.front(), (std::pair<std::int64_t, std::int64_t>{1, 14}));
    QCOMPARE(progress.back(), (std::pair<std::int64_t, std::int64_t>{10, 10}));
}

void TestBenchmark::everySampleIsKept() {
    auto wanted = request({"a"});
    wanted.tests = {{"decode", 0, 4, 16}};
    wanted.repetitions = {1, 1, 0.0};
    const auto lane = report(run(wanted)).lanes[0];
    std::vector<std::string> rows;
    for (const auto& s : lane.samples)
        if (s.metric != "itl_ms")
            rows.push_back(s.test + " " + std::to_string(s.repetition) + " " + s.metric + " " + s.unit +
                           " @" + std::to_string(s.depth) + " " +
                           std::to_string(static_cast<int>(s.value * 100.0)));
    QCOMPARE(rows,
             (std::vector<std::string>{
                 "load 0 load_ms ms @0 500", "decode -1 warmup_ms ms @16 10000",
                 "decode 0 decode_tokens_per_s tok/s @16 4000", "decode 0 peak_rss_bytes bytes @16 100000",
                 "decode 0 cpu_pressure_before % @16 50", "decode 0 cpu_pressure_during % @16 0",
                 "decode 0 load_average_before threads @16 25"}));
    QCOMPARE(valuesOf(lane, "itl_ms").size(), std::size_t{4});
    QCOMPARE(lane.energy.size(), std::size_t{1});
    load_ = {};  // a system that tells nothing leaves no numbers
    QVERIFY(valuesOf(report(run(wanted)).lanes[0], "cpu_pressure_before").empty());
}

void TestBenchmark::aLaneThatFailsCostsItself() {
    script_.milliseconds = [](const std::string& lane, int call) -> Result<double> {
        if (lane == "a" && call == 2)
            return Error{engine::ErrorCode::internal, "the worker ended by signal 9"};
        return 10.0;
    };
    const auto done = report(run(request({"a", "missing", "b"})));
    QCOMPARE(done.run.status, std::string("finished"));
    QCOMPARE(done.lanes[0].lane.status, std::string("failed"));
    QCOMPARE(done.lanes[0].lane.error, std::string("the worker ended by signal 9"));
    QCOMPARE(valuesOf(done.lanes[0], "decode_tokens_per_s").size(), std::size_t{1});
    QCOMPARE(done.lanes[1].lane.status, std::string("failed"));
    QCOMPARE(done.lanes[2].lane.status, std::string("finished"));
    QCOMPARE(valuesOf(done.lanes[2], "decode_tokens_per_s").size(), std::size_t{3});
}

void TestBenchmark::cancelKeepsWhatWasMeasuredAndResumeMeasuresTheRest() {
    auto wanted = request({"a", "b"});
    wanted.tests = {{"decode", 0, 10, 0}, {"prefill", 10, 0, 0}};
    std::stop_source stop;
    listener_.measured = [&](std::int64_t done, std::int64_t, std::size_t, const auto&) {
        if (done == 3)
            stop.request_stop();
    };
    const auto id = run(wanted, stop.get_token());
    auto cancelled = report(id);
    QCOMPARE(cancelled.run.status, std::string("cancelled"));
    QCOMPARE(valuesOf(cancelled.lanes[0], "decode_tokens_per_s").size(), std::size_t{2});
    QCOMPARE(valuesOf(cancelled.lanes[1], "decode_tokens_per_s").size(), std::size_t{1});

    listener_ = {};
    script_.calls.clear();
    auto again = engine::requestOfRun(*store_, id);
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(engine::toText(*again), engine::toText(wanted));
    again->startLane = wanted.startLane;
    again->backgroundLoad = wanted.backgroundLoad;
    again->machineState = wanted.machineState;
    const auto resumed = engine::resumeBenchmark(id, *again, listener_, *store_);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QCOMPARE(*resumed, id);
    // decode: a warm-up each, then one of a and two of b; prefill: everything
    QCOMPARE(script_.calls,
             (std::vector<std::string>{"a", "b", "a", "b", "b", "a", "b", "a", "b", "a", "b", "a", "b"}));
    const auto done = report(id);
    QCOMPARE(done.run.status, std::string("finished"));
    QVERIFY(!done.run.finishedAt.empty());
    for (const auto& lane : done.lanes) {
        QCOMPARE(lane.lane.status, std::string("finished"));
        std::vector<int> repetitions;
        for (const auto& sample : lane.samples)
            if (sample.metric == "decode_tokens_per_s")
                repetitions.push_back(sample.repetition);
        QCOMPARE(repetitions, (std::vector<int>{0, 1, 2}));
        QCOMPARE(valuesOf(lane, "prefill_tokens_per_s").size(), std::size_t{3});
    }
}

void TestBenchmark::resumeOfACompleteRunLoadsNothing() {
    const auto wanted = request({"a"});
    const auto id = run(wanted);
    script_ = {};
    QVERIFY(engine::resumeBenchmark(id, wanted, listener_, *store_));
    QVERIFY(script_.calls.empty());
    QCOMPARE(script_.mostLoaded, 0);
    QCOMPARE(report(id).run.status, std::string("finished"));
}

void TestBenchmark::resumeRefusesOtherBuildsAndKinds() {
    QCOMPARE(engine::requestOfRun(*store_, 99).error().code, engine::ErrorCode::notFound);
    engine::RunRow row;
    row.kind = "compare";
    row.status = "cancelled";
    auto other = store_->addRun(row);
    QVERIFY(other);
    QVERIFY(engine::requestOfRun(*store_, *other).error().message.find("is no benchmark") !=
            std::string::npos);
    row.kind = "bench";
    row.build = "0.0 older compiler";
    other = store_->addRun(row);
    QVERIFY(other);
    const auto refused = engine::requestOfRun(*store_, *other);
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.find("0.0 older compiler") != std::string::npos,
             refused.error().message.c_str());
}

void TestBenchmark::theRequestSurvivesItsText() {
    auto wanted = request({"a", "b"});
    wanted.lanes[1].load.kv = "f32";
    wanted.lanes[1].load.packedCopy = true;
    wanted.tests.push_back({"prefill", 64, 0, 128});
    wanted.repetitions = {2, 20, 2.5};
    wanted.warmup = {4, 1.5};
    wanted.order = engine::LaneOrder::sequential;
    wanted.seed = 77;
    wanted.idleSeconds = 12.5;
    wanted.quality = engine::ProfileQuality{"a.txt", 64, 3};
    wanted.profile = {"quick", "cafe", true, R"({"seed":77})", {"a note"}, {"quick", "it's"}};
    const auto text = engine::toText(wanted);
    const auto read = engine::benchmarkRequestFromText(text);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(engine::toText(*read), text);
    QCOMPARE(read->repetitions, wanted.repetitions);
    QCOMPARE(read->warmup, wanted.warmup);
    QCOMPARE(read->idleSeconds, 12.5);
    QCOMPARE(read->quality, wanted.quality);
    QCOMPARE(read->profile.arguments, wanted.profile.arguments);
    for (const char* bad : {"", "{}", "[1]", R"({"profile": 3})"})
        QCOMPARE(engine::benchmarkRequestFromText(bad).error().code, engine::ErrorCode::corrupt);
}

void TestBenchmark::aBusyMachineIsAWarning() {
    QVERIFY(engine::runWarnings(report(run(request({"a"})))).empty());
    load_ = {35.0, 1000, 2.5};
    auto warnings = engine::runWarnings(report(run(request({"a"}))));
    QCOMPARE(warnings.size(), std::size_t{1});
    QVERIFY2(
        warnings[0].starts_with("3 of 3 repetitions ran while the machine was busy (CPU pressure up to 35 %"),
        warnings[0].c_str());
    load_ = {0.0, 1000, 3.5};  // more than the lane's two threads and one
    warnings = engine::runWarnings(report(run(request({"a"}))));
    QCOMPARE(warnings.size(), std::size_t{1});
    load_ = {0.0, 1000, 2.9};
    QVERIFY(engine::runWarnings(report(run(request({"a"})))).empty());
}

void TestBenchmark::widthsAndWarmupsAreWarnings() {
    script_.milliseconds = [](const std::string&, int call) -> Result<double> {
        return call % 2 == 0 ? 50.0 : 150.0;
    };
    auto wanted = request({"a"});
    wanted.repetitions = {2, 5, 5.0};
    wanted.warmup = {4, 3.0};
    const auto warnings = engine::runWarnings(report(run(wanted)));
    QCOMPARE(warnings.size(), std::size_t{2});
    QVERIFY2(warnings[0].starts_with("lane a, decode 10: the interval is "), warnings[0].c_str());
    QVERIFY2(warnings[0].ends_with("after 5 repetitions, wanted 5 %"), warnings[0].c_str());
    QVERIFY2(warnings[1].starts_with("lane a, decode 10: the warm-up had not settled within 3 % after 4"),
             warnings[1].c_str());
}

void TestBenchmark::readsTheLoadOfTheMachine() {
    const auto write = [&](const QString& name, const QByteArray& text) {
        QVERIFY(QDir().mkpath(QFileInfo(folder_->filePath(name)).path()));
        QFile file(folder_->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    };
    const auto root = folder_->path().toStdString();
    auto load = engine::readBackgroundLoad(root);
    QVERIFY(!load.pressureAvg10 && !load.stalledUs && !load.loadAverage);
    write("proc/pressure/cpu",
          "some avg10=12.34 avg60=1.00 avg300=0.50 total=987654321012\n"
          "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
    write("proc/loadavg", "1.75 0.50 0.25 2/345 6789\n");
    load = engine::readBackgroundLoad(root);
    QCOMPARE(load.pressureAvg10, std::optional(12.34));
    QCOMPARE(load.stalledUs, std::optional(std::int64_t{987654321012}));
    QCOMPARE(load.loadAverage, std::optional(1.75));
    write("proc/pressure/cpu", "some nothing\n");
    write("proc/loadavg", "");
    load = engine::readBackgroundLoad(root);
    QVERIFY(!load.pressureAvg10 && !load.stalledUs && !load.loadAverage);
}

QTEST_APPLESS_MAIN(TestBenchmark)
#include "tst_benchmark.moc"
