#include "tests/engine/benchmark/sample_measurement.h"
#include "tests/ui/open_window.h"
#include "ui/controllers/models_controller.h"
#include "ui/settings.h"

/// What the window remembers: written and read again, and never worse than the defaults.
class TestSettings : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void comeBackAsTheyWere();
    void withoutAFileAreTheDefaults();
    void nonsenseKeepsTheDefault_data();
    void nonsenseKeepsTheDefault();
    void fileThatIsNoneKeepsTheDefaults();
    void windowReportsWhatWasChosen();
};

namespace {

/// As one text, so that a difference is printed.
QString text(const ui::Settings& s) {
    QStringList parts{ui::themeModeName(s.theme), s.page, QString::number(s.width),
                      QString::number(s.height)};
    for (const auto& lane : s.lanes)
        parts << lane.model + " on " + lane.kernels;
    for (const auto& g : {s.compare, s.chat})
        parts << QString("%1 %2 %3 %4 %5 %6 %7")
                     .arg(g.temperature)
                     .arg(g.topP)
                     .arg(g.topK)
                     .arg(g.minP)
                     .arg(g.repetitionPenalty)
                     .arg(g.seed)
                     .arg(g.maxTokens);
    parts << s.chatModel.model + " on " + s.chatModel.kernels << s.systemPrompt << s.chatModel.draft
          << (s.chatModel.packedCopy ? "packed copy" : "") << s.benchmark.profile
          << s.benchmark.models.join("|") << s.kernelMeasurement;
    for (const auto& model : s.models.known)
        parts << model.path + " verified " + model.verification;
    parts << s.language << QString::number(s.loadDefaults.threads) << QString::number(s.loadDefaults.context);
    parts << QString::number(s.models.context) << s.models.kv << s.models.crashGuard;
    return parts.join('\n');
}

ui::Settings unusual() {
    ui::Settings s;
    s.theme = ui::ThemeMode::dark;
    s.language = "de";
    s.loadDefaults = {3, 4096};
    s.page = "results";
    s.width = 1500;
    s.height = 901;
    s.lanes = {{"/models/a, b; c.gguf", "avx2"},
               {QString::fromUtf8("/modèles/ü \"q\" = %41"), "matmul=reference"}};
    s.compare = {0.25, 0.8, 40, 0.05, 1.1, 18'446'744'073'709'551'615U, 77};
    s.chat = {1.5, 0.5, 3, 0.5, 0.9, 7, 4096};
    s.chatModel = {"demo:spinquant", "reference", QString::fromUtf8("/modèles/small, draft.gguf"), true};
    s.benchmark = {"sweep-threads", {"demo:bf16", "/models/a, b.gguf"}};
    s.kernelMeasurement =
        QString::fromStdString(engine::kernelMeasurementJson(benchmarktest::sampleMeasurement()));
    s.models.known = {{QString::fromUtf8("/modèles/ü, \"q\".gguf"), "{\"files\":[]}"}, {"/models/b", {}}};
    s.models.context = 32768;
    s.models.kv = "int8";
    s.models.crashGuard = "{\"crashes\":{\"/models/b\":1},\"in_use\":[]}";
    s.systemPrompt = QString::fromUtf8("Be brief.\nSay “yes”, or [no].");
    return s;
}

}  // namespace

void TestSettings::comeBackAsTheyWere() {
    const QTemporaryDir folder;
    const QString file = folder.filePath("workbench.ini");
    unusual().save(file);
    QCOMPARE(text(ui::Settings::load(file)), text(unusual()));
    ui::Settings fewer = unusual();  // fewer lanes than the file holds
    fewer.lanes.removeLast();
    fewer.save(file);
    QCOMPARE(text(ui::Settings::load(file)), text(fewer));
}

void TestSettings::withoutAFileAreTheDefaults() {
    const QTemporaryDir folder;
    QCOMPARE(text(ui::Settings::load(folder.filePath("absent.ini"))), text(ui::Settings{}));
    QVERIFY(text(ui::Settings{}) != text(unusual()));
    QCOMPARE(ui::Settings{}.lanes.size(), 3);
}

void TestSettings::nonsenseKeepsTheDefault_data() {
    QTest::addColumn<QString>("group");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* group, const char* line) {
        QTest::addRow("%s %s", group, line) << group << line;
    };
    for (const char* line : {"width=wide", "width=-5", "width=12", "width=1e300", "height=nan", "height=0",
                             "theme=purple", "page="})
        row("window", line);
    for (const char* group : {"compare", "chat"})
        for (const char* line :
             {"temperature=hot", "temperature=-1", "temperature=3", "temperature=nan", "temperature=inf",
              "topP=0", "topP=2", "topK=-1", "topK=many", "minP=1.5", "repetitionPenalty=0",
              "repetitionPenalty=x", "seed=-1", "seed=abc", "seed=99999999999999999999", "maxTokens=0",
              "maxTokens=-7", "maxTokens=99999999999"})
            row(group, line);
    for (const char* line : {"threads=-1", "threads=many", "threads=99999", "context=-5", "context=1e300"})
        row("load", line);
    row("window", "language=klingon");
    row("chat", "model=");
    row("chat", "kernels=");
    row("chat", "packedCopy=perhaps");
    for (const char* line : {"context=0", "context=many", "context=99999999", "kv=int3"})
        row("fit", line);
    row("models", "size=-3");
    row("models", "size=2\n1\\path=\n2\\verification=x");
    row("lanes", "size=-3");
    row("lanes", "size=three");
    row("lanes", "size=2\n1\\model=\n2\\kernels=avx2");
}

void TestSettings::nonsenseKeepsTheDefault() {
    QFETCH(QString, group);
    QFETCH(QString, line);
    const QTemporaryDir folder;
    QFile file(folder.filePath("workbench.ini"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    // One value that does make sense beside it: the file was read.
    file.write(QString("[%1]\n%2\n[chat]\nsystemPrompt=Be brief\n").arg(group, line).toUtf8());
    file.close();
    ui::Settings expected;
    expected.systemPrompt = "Be brief";
    QCOMPARE(text(ui::Settings::load(file.fileName())), text(expected));
}

void TestSettings::fileThatIsNoneKeepsTheDefaults() {
    const QTemporaryDir folder;
    QFile file(folder.filePath("workbench.ini"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("\x00\xff[=]\n\\x\n[[[[", 13).repeated(50));
    file.close();
    QCOMPARE(text(ui::Settings::load(file.fileName())), text(ui::Settings{}));
    QCOMPARE(text(ui::Settings::load(folder.path())), text(ui::Settings{}));  // a folder
}

void TestSettings::windowReportsWhatWasChosen() {
    auto settings = unusual();
    settings.page = "chat";
    uitest::OpenWindow open(settings);
    QCOMPARE(open.window().page(), QString("chat"));
    QCOMPARE(open.window().size(), QSize(1500, 901));
    // The list also takes up what the lanes and the chat use.
    const auto listed = open.workbench().models().kept();
    QCOMPARE(listed.known.size(), 4);
    settings.models = listed;
    QCOMPARE(text(open.workbench().currentSettings()), text(settings));
    open.window().resize(1300, 850);
    open.click("resultsPageButton");
    open.workbench().compare().addLane({"demo:bf16", "auto"});
    open.workbench().chat().setModel({"demo:qat-lora", "auto"});
    open.workbench().setTheme(ui::ThemeMode::light);
    settings.width = 1300;
    settings.height = 850;
    settings.page = "results";
    settings.lanes << ui::LaneChoice{"demo:bf16", "auto"};
    settings.chatModel = {"demo:qat-lora", "auto"};
    settings.theme = ui::ThemeMode::light;
    QCOMPARE(text(open.workbench().currentSettings()), text(settings));
}

QTEST_MAIN(TestSettings)
#include "tst_settings.moc"
