#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/benchmark/benchmark_profile.h"
#include "engine/benchmark/profile_lanes.h"
#include "engine/benchmark/shipped_profiles.h"
#include "engine/checkpoint/file_digest.h"

using engine::BenchmarkProfile;
using engine::BenchmarkTest;
using engine::ProfileModel;

namespace {

const char* const kHead = "name: N\ndescription: D\n";
const char* const kTests = "tests: [{prefill: 8}]\n";

engine::MachineChoices machineOf(int cores) {
    return {cores, cores, {"reference", "avx2"}};
}

std::vector<std::string> namesOf(const std::vector<engine::LaneSpec>& lanes) {
    std::vector<std::string> names;
    for (const auto& lane : lanes)
        names.push_back(lane.name);
    return names;
}

}  // namespace

/// Profiles are read strictly, become lanes and tests, and know whether they are as shipped.
class TestBenchmarkProfile : public QObject {
    Q_OBJECT
private slots:
    void everyShippedProfileIsValidAndUnmodified();
    void theShippedTextsAreTheFiles();
    void readsEveryKey();
    void fewRepetitionsNeedNoMinimum();
    void saysWhereWhatIsWrong_data();
    void saysWhereWhatIsWrong();
    void anUnknownNameListsThoseThatThereAre();
    void expandsLanesInTheOrderOfTheProfile();
    void expandsAllAndLeavesOutWhatTheMachineLacks();
    void testsAreEachThereOnce();
    void speedProfilesHaveTheRowsThatArePublished();
    void modelsFillPlaces();
    void modelsReplaceThoseOfAProfileWithoutPlaces();
    void aChangeIsSeen();
    void theDigestIsThatOfTheText();
};

void TestBenchmarkProfile::everyShippedProfileIsValidAndUnmodified() {
    const auto profiles = engine::benchmarkProfiles();
    QVERIFY2(profiles, profiles ? "" : profiles.error().message.c_str());
    std::vector<std::string> ids;
    for (const auto& profile : *profiles) {
        ids.push_back(profile.id);
        QVERIFY2(profile.description.size() > 20, profile.id.c_str());
        QVERIFY2(engine::isShippedProfile(profile), profile.id.c_str());
        QVERIFY2(!engine::testsOf(profile).empty(), profile.id.c_str());
    }
    QCOMPARE(ids, (std::vector<std::string>{"energy", "kernels-matrix", "quality", "quick", "speed-1b",
                                            "speed-3b", "standard", "sweep-length", "sweep-threads"}));
}

void TestBenchmarkProfile::theShippedTextsAreTheFiles() {
    for (const auto& shipped : engine::shippedProfiles()) {
        QFile file(QString::fromStdString(
            (std::filesystem::path(ANVEN_SOURCE_DIR) / "profiles/benchmark" / shipped.id).string() +
            ".yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QByteArray(shipped.text.data(), static_cast<qsizetype>(shipped.text.size())),
                 file.readAll());
    }
}

void TestBenchmarkProfile::readsEveryKey() {
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("mine.yaml").toStdString();
    std::ofstream(file) << R"(name: Mine
description: Everything at once
models:
  - {name: a}
  - {name: b, random: tiny/q4_0}
  - {name: c, model: "demo:bf16"}
kernels: [reference, matmul=reference]
threads: [1, all]
kv: [bf16, f32]
context: 128
tests:
  - {prefill: [4, 8], decode: 2, depth: [0, 16]}
repetitions: {min: 2, max: 9, interval_percent: 2.5}
warmup: {max: 3, agree_percent: 1.5}
order: sequential
seed: 7
)";
    const auto read = engine::benchmarkProfile(file.string());
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->id, std::string("mine"));
    QCOMPARE(read->name, std::string("Mine"));
    QCOMPARE(read->models,
             (std::vector<ProfileModel>{{"a", "", ""}, {"b", "tiny/q4_0", ""}, {"c", "", "demo:bf16"}}));
    QCOMPARE(read->kernels, (std::vector<std::string>{"reference", "matmul=reference"}));
    QCOMPARE(read->threads, (std::vector<std::string>{"1", "all"}));
    QCOMPARE(read->kv, (std::vector<std::string>{"bf16", "f32"}));
    QCOMPARE(read->context, std::int64_t{128});
    QCOMPARE(read->tests, (std::vector<engine::ProfileTests>{{{4, 8}, {2}, {0, 16}}}));
    QCOMPARE(read->repetitions, (engine::RepetitionRule{2, 9, 2.5}));
    QCOMPARE(read->warmup, (engine::WarmupRule{3, 1.5}));
    QVERIFY(read->order == engine::LaneOrder::sequential);
    QCOMPARE(read->seed, std::int64_t{7});
    QVERIFY(!engine::isShippedProfile(*read));
}

void TestBenchmarkProfile::fewRepetitionsNeedNoMinimum() {
    const QTemporaryDir folder;
    const auto file = folder.filePath("few.yaml").toStdString();
    std::ofstream(file) << kHead << kTests << "repetitions: {max: 2}\n";
    const auto read = engine::benchmarkProfile(file);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->repetitions, (engine::RepetitionRule{2, 2, 0.0}));
}

void TestBenchmarkProfile::saysWhereWhatIsWrong_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const QByteArray& text, const QByteArray& message) {
        QTest::newRow(name) << kHead + text << message;
    };
    row("an unknown key", "speed: 1\n",
        ":3:1: key 'speed': is not known here; the keys are context, description,");
    row("no tests", "seed: 1\n", ":1:1: the key 'tests' is missing");
    row("a test of nothing", "tests:\n  - {depth: 4}\n", ":4:5: the key 'prefill' is missing");
    row("an unknown key in a test", "tests:\n  - {prefill: 4, dpth: 4}\n", ":4:18: key 'dpth': is not known");
    row("no tests in the list", "tests: []\n", ":3:8: key 'tests': expected at least one test");
    row("a prompt of zero", "tests:\n  - prefill: [8, 0]\n",
        ":4:18: key 'prefill': expected whole numbers from 1");
    row("threads in words", QByteArray(kTests) + "threads: [1, many]\n",
        ":4:14: key 'threads': expected all, or numbers from 1 to 1024, found 'many'");
    row("zero threads", QByteArray(kTests) + "threads: 0\n", ":4:10: key 'threads'");
    row("kernels that nobody wrote", QByteArray(kTests) + "kernels: magic\n",
        ":4:10: key 'kernels': expected auto");
    row("a cache of 3 bits", QByteArray(kTests) + "kv: [bf16, int3]\n", ":4:12: key 'kv'");
    row("fewer at most than at least", QByteArray(kTests) + "repetitions: {min: 5, max: 3}\n",
        ":4:28: key 'max': expected at least min (5)");
    row("no most", QByteArray(kTests) + "warmup: {agree_percent: 3}\n", ":4:9: the key 'max' is missing");
    row("a percentage above all", QByteArray(kTests) + "repetitions: {max: 9, interval_percent: 101}\n",
        ":4:41: key 'interval_percent': expected a number from 0 to 100");
    row("another order", QByteArray(kTests) + "order: random\n",
        ":4:8: key 'order': expected one of interleaved, sequential, found 'random'");
    row("a model without a name", QByteArray(kTests) + "models: [{random: 1b/bf16}]\n",
        ":4:10: the key 'name'");
    row("a random model of no shape", QByteArray(kTests) + "models: [{name: a, random: 9b/bf16}]\n",
        ":4:28: key 'random': there is no random model '9b/bf16'");
    row("both random and named", QByteArray(kTests) + "models: [{name: a, random: 1b/bf16, model: x}]\n",
        ":4:28: key 'random': a model is random or named, not both");
    row("one name for two", QByteArray(kTests) + "models:\n- name: a\n- name: a\n",
        ":6:9: key 'name': 'a' names two models");
    row("no YAML", "tests: [\n", ":");
}

void TestBenchmarkProfile::saysWhereWhatIsWrong() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const QTemporaryDir folder;
    const auto file = folder.filePath("p.yaml").toStdString();
    std::ofstream(file) << text.constData();
    const auto read = engine::benchmarkProfile(file);
    QVERIFY(!read);
    QCOMPARE(read.error().code, engine::ErrorCode::corrupt);
    QVERIFY2(
        QByteArray::fromStdString(read.error().message).startsWith(QByteArray::fromStdString(file) + message),
        read.error().message.c_str());
    QVERIFY(read.error().message.find('\n') == std::string::npos);
}

void TestBenchmarkProfile::anUnknownNameListsThoseThatThereAre() {
    QVERIFY(engine::namesBenchmarkProfile("quick"));
    QVERIFY(!engine::namesBenchmarkProfile("hasty"));
    QVERIFY(!engine::namesBenchmarkProfile("../benchmark/quick"));
    const auto read = engine::benchmarkProfile("hasty");
    QVERIFY(!read);
    QCOMPARE(read.error().code, engine::ErrorCode::notFound);
    QVERIFY2(read.error().message.find("quick, speed-1b") != std::string::npos, read.error().message.c_str());
    QCOMPARE(engine::benchmarkProfile("no/such.yaml").error().code, engine::ErrorCode::notFound);
}

void TestBenchmarkProfile::expandsLanesInTheOrderOfTheProfile() {
    BenchmarkProfile profile;
    profile.threads = {"1", "2"};
    profile.kernels = {"auto", "reference"};
    profile.kv = {"bf16", "f32"};
    profile.context = 64;
    engine::LoadRequest load;
    load.packedCopy = true;
    std::vector<std::string> notes;
    const auto lanes =
        engine::lanesOf(profile, {{"a", "", "/a"}, {"b", "", "/b"}}, load, machineOf(4), notes);
    QCOMPARE(lanes.size(), std::size_t{16});
    QCOMPARE(lanes.front().name, std::string("a 1t auto kv bf16"));
    QCOMPARE(lanes.back().name, std::string("b 2t reference kv f32"));
    QCOMPARE(lanes[1].load.kv, std::string("f32"));
    QCOMPARE(lanes[2].load.kernels, std::string("reference"));
    QCOMPARE(lanes[4].load.threads, 2);
    QCOMPARE(lanes[8].load.model, std::string("/b"));
    QCOMPARE(lanes[8].load.context, std::int64_t{64});
    QVERIFY(lanes[8].load.packedCopy);
    QVERIFY(notes.empty());
    profile.threads = {"2"};
    profile.kernels = {"auto"};
    profile.kv = {"f32"};
    QCOMPARE(namesOf(engine::lanesOf(profile, {{"a", "", "/a"}}, load, machineOf(4), notes)),
             (std::vector<std::string>{"a"}));  // what all lanes share is not in their names
}

void TestBenchmarkProfile::expandsAllAndLeavesOutWhatTheMachineLacks() {
    BenchmarkProfile profile;
    profile.threads = {"1", "2", "4", "8", "all"};
    std::vector<std::string> notes;
    const auto threadsOn = [&](int cores) {
        notes.clear();
        std::vector<int> threads;
        for (const auto& lane : engine::lanesOf(profile, {{"a", "", "/a"}}, {}, machineOf(cores), notes))
            threads.push_back(lane.load.threads);
        return threads;
    };
    QCOMPARE(threadsOn(4), (std::vector<int>{1, 2, 4}));
    QCOMPARE(notes.size(), std::size_t{1});
    QVERIFY2(notes[0].starts_with("threads 8 are left out"), notes[0].c_str());
    QCOMPARE(threadsOn(6), (std::vector<int>{1, 2, 4, 6}));
    QCOMPARE(threadsOn(1), (std::vector<int>{1}));
    profile.threads = {"8"};
    QCOMPARE(threadsOn(4), (std::vector<int>{4}));  // something is measured
    profile.threads = {"all"};
    profile.kernels = {"all"};
    QCOMPARE(namesOf(engine::lanesOf(profile, {{"a", "", "/a"}}, {}, machineOf(2), notes)),
             (std::vector<std::string>{"a reference", "a avx2"}));
    QVERIFY2(notes.back().find("onednn") != std::string::npos, notes.back().c_str());
}

void TestBenchmarkProfile::testsAreEachThereOnce() {
    BenchmarkProfile profile;
    profile.tests = {{{8}, {}, {0, 4}}, {{8}, {2}, {0}}};
    QCOMPARE(engine::testsOf(profile),
             (std::vector<BenchmarkTest>{{"prefill", 8, 0, 0}, {"prefill", 8, 0, 4}, {"decode", 0, 2, 0}}));
}

void TestBenchmarkProfile::speedProfilesHaveTheRowsThatArePublished() {
    for (const std::string shape : {"1b", "3b"}) {
        const auto profile = engine::benchmarkProfile("speed-" + shape);
        QVERIFY2(profile, profile ? "" : profile.error().message.c_str());
        QCOMPARE(engine::testsOf(*profile), (std::vector<BenchmarkTest>{{"prefill", 64, 0, 0},
                                                                        {"prefill", 512, 0, 0},
                                                                        {"decode", 0, 64, 0},
                                                                        {"decode", 0, 64, 2048}}));
        QCOMPARE(profile->threads, (std::vector<std::string>{"1", "all"}));
        QCOMPARE(profile->models, (std::vector<ProfileModel>{{"bf16", shape + "/bf16", ""},
                                                             {"qat-lora", shape + "/qat-lora", ""},
                                                             {"spinquant", shape + "/spinquant", ""}}));
    }
}

void TestBenchmarkProfile::modelsFillPlaces() {
    BenchmarkProfile profile;
    profile.models = {{"one", "", ""}, {"two", "", ""}, {"noise", "tiny/bf16", ""}};
    const auto before = engine::profileDigest(profile);
    const auto models = engine::assignModels(profile, {{"/x", "", "/x"}, {"one", "", "/1"}});
    QVERIFY2(models, models ? "" : models.error().message.c_str());
    QCOMPARE(*models,
             (std::vector<ProfileModel>{{"one", "", "/1"}, {"two", "", "/x"}, {"noise", "tiny/bf16", ""}}));
    QCOMPARE(engine::profileDigest(profile), before);  // the places were there to be filled
    const auto tooFew = engine::assignModels(profile, {{"two", "", "/2"}});
    QVERIFY(!tooFew);
    QVERIFY2(tooFew.error().message.find("models for one;") != std::string::npos,
             tooFew.error().message.c_str());
    const auto tooMany =
        engine::assignModels(profile, {{"/1", "", "/1"}, {"/2", "", "/2"}, {"/3", "", "/3"}});
    QVERIFY(!tooMany);
    QVERIFY2(tooMany.error().message.starts_with("/3: "), tooMany.error().message.c_str());
}

void TestBenchmarkProfile::modelsReplaceThoseOfAProfileWithoutPlaces() {
    auto profile = engine::benchmarkProfile("quick");
    QVERIFY(profile);
    const auto models = engine::assignModels(*profile, {{"mine", "", "/m"}});
    QVERIFY(models);
    QCOMPARE(*models, (std::vector<ProfileModel>{{"mine", "", "/m"}}));
    QVERIFY(!engine::isShippedProfile(*profile));
    auto given = engine::benchmarkProfile("standard");
    QVERIFY(given);
    QVERIFY(!engine::assignModels(*given, {}));
    QVERIFY(engine::assignModels(*given, {{"mine", "", "/m"}}));
    QVERIFY(engine::isShippedProfile(*given));  // it measures what is given
}

void TestBenchmarkProfile::aChangeIsSeen() {
    const auto original = engine::benchmarkProfile("standard");
    QVERIFY(original);
    auto renamed = *original;
    renamed.description = "other words";
    QCOMPARE(engine::profileDigest(renamed), engine::profileDigest(*original));
    QVERIFY(engine::isShippedProfile(renamed));
    auto changed = *original;
    changed.repetitions.max += 1;
    QVERIFY(engine::profileDigest(changed) != engine::profileDigest(*original));
    QVERIFY(!engine::isShippedProfile(changed));
    changed = *original;
    changed.threads = {"1"};
    QVERIFY(!engine::isShippedProfile(changed));
}

void TestBenchmarkProfile::theDigestIsThatOfTheText() {
    // FIPS 180-4, example of one block.
    QCOMPARE(engine::textDigest("abc"),
             std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    const BenchmarkProfile profile;
    const auto text = engine::canonicalText(profile);
    QCOMPARE(
        QString::fromStdString(engine::profileDigest(profile)),
        QString(
            QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256).toHex()));
}

QTEST_APPLESS_MAIN(TestBenchmarkProfile)
#include "tst_benchmark_profile.moc"
