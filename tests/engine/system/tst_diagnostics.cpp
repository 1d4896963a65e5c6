#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/system/diagnostics.h"

/// What goes into a report of a fault, and what must not.
class TestDiagnostics : public QObject {
    Q_OBJECT
private slots:
    void homePathsAreHidden_data();
    void homePathsAreHidden();
    void bundleHoldsWhatItShould();
    void settingsThatAreNoneAreNull();
};

void TestDiagnostics::homePathsAreHidden_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    const auto row = [](const char* text, const char* shown) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(shown);
    };
    row("no path here", "no path here");
    row("/usr/share/x stays", "/usr/share/x stays");
    row("database /home/ann/secret/a.sqlite: disk full", "database ~/…: disk full");
    row("open '/home/ann/My Models/x y.gguf' failed", "open '~/…' failed");
    row("/home/ann/a b c", "~/…");
    row("/home/ann", "~");
    row("/home/ann/one; then /home/ann/two", "~/…; then ~/…");
    row("wrote /home/ann/file.txt. Next", "wrote ~/…. Next");
}

void TestDiagnostics::homePathsAreHidden() {
    QFETCH(QString, text);
    QFETCH(QString, shown);
    QCOMPARE(QString::fromStdString(engine::withoutHomePaths(text.toStdString(), "/home/ann")), shown);
    QCOMPARE(QString::fromStdString(engine::withoutHomePaths(text.toStdString(), "")), text);
    QCOMPARE(QString::fromStdString(engine::withoutHomePaths(text.toStdString(), "/")), text);
}

void TestDiagnostics::bundleHoldsWhatItShould() {
    engine::DiagnosticsRequest request;
    request.home = "/home/ann";
    request.settings = R"({"theme":"dark","chat_model":"/home/ann/private/model.gguf","threads":3})";
    request.log = {
        {"2026-01-02T03:04:05.678Z", engine::LogLevel::warning, "cannot read /home/ann/private/b"}};
    const auto text = engine::diagnosticsJson(request);
    QVERIFY2(text.find("private") == std::string::npos, text.c_str());
    const auto json = nlohmann::json::parse(text);
    QCOMPARE(json["settings"]["theme"].get<std::string>(), std::string("dark"));
    QCOMPARE(json["settings"]["threads"].get<int>(), 3);
    QCOMPARE(json["log"][0].get<std::string>(),
             std::string("2026-01-02T03:04:05.678Z warning: cannot read ~/…"));
    QVERIFY(json["system"]["topology"]["threads"].get<int>() >= 1);
    QVERIFY(!json["kernel_plan"]["choices"].empty());
    bool hasReference = false;
    for (const auto& variant : json["kernel_variants"])
        hasReference = hasReference || (variant["name"] == "reference" && variant["available"] == true);
    QVERIFY(hasReference);
    request.homePaths = true;
    QVERIFY(engine::diagnosticsJson(request).find("/home/ann/private/model.gguf") != std::string::npos);
}

void TestDiagnostics::settingsThatAreNoneAreNull() {
    const auto json = nlohmann::json::parse(engine::diagnosticsJson({"{broken", {}, false, "/home/ann"}));
    QVERIFY(json["settings"].is_null());
    QVERIFY(json["log"].is_array());
}

QTEST_GUILESS_MAIN(TestDiagnostics)
#include "tst_diagnostics.moc"
