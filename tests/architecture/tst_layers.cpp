#include <QRegularExpression>
#include <QtTest>

#include "tests/architecture/source_tree.h"

using architecture::Include;

namespace {

const QStringList kLayers{"kernels", "engine", "ui", "app"};  // each may include those before it

QString layerOf(const QString& path) {
    return path.section('/', 0, 0);
}

bool isQt(const QString& name) {
    static const QRegularExpression pattern("^(Q[A-Z]|Qt|qt|q[a-z]+\\.h$)");
    return pattern.match(name).hasMatch();
}

/// Files that are compiled for one instruction set, and the headers that only they include.
bool isVectorCode(const QString& file) {
    static const QRegularExpression pattern("^kernels/.*(/|_)(avx|amx|neon|sve)[^/]*\\.(cpp|h)$");
    return pattern.match(file).hasMatch();
}

/// Why an app/ui/engine/kernels file may not include what another layer holds; empty when it may.
QString layerViolation(const QString& file, const QString& name) {
    const QString own = layerOf(file);
    const QString other = layerOf(name);
    if (!kLayers.contains(other))
        return "a quoted include starts at the root of the tree, in one of the layers";
    if (kLayers.indexOf(other) > kLayers.indexOf(own))
        return "the arrow points back: app -> ui -> engine -> kernels";
    if (other == "kernels" && (own == "app" || own == "ui"))
        return "only the engine calls kernels";
    return {};
}

/// Why a file may not include a library; empty when it may.
QString libraryViolation(const QString& file, const QString& name) {
    const QString own = layerOf(file);
    if (name.contains("qcustomplot", Qt::CaseInsensitive))
        return file.startsWith("ui/plots/") ? QString() : "QCustomPlot stays in ui/plots";
    if (isQt(name) && (own == "kernels" || own == "engine"))
        return "Qt begins at ui";
    if (name.startsWith("QSql") || name.startsWith("QtSql"))
        return "SQL stays in engine/store";
    // system_json.cpp asks the library for its version and opens nothing.
    if (name.startsWith("sqlite3") && !file.startsWith("engine/store/") &&
        file != "engine/system/system_json.cpp")
        return "SQLite stays in engine/store";
    // cpu_features.cpp asks the operating system what the CPU has.
    if (own == "kernels" && name.contains('/') && !name.startsWith("oneapi/dnnl/") &&
        file != "kernels/base/cpu_features.cpp")
        return "kernels know the C++ library, intrinsics and oneDNN only";
    if (name.contains("dnnl") && own != "kernels")
        return "oneDNN stays in kernels";
    return {};
}

/// Why `file` may not include `include`; empty when it may.
QString violation(const QString& file, const Include& include) {
    static const QRegularExpression generated("(_variants\\.inc|\\.moc|(^|/)ui_\\w+\\.h)$");
    if (include.quoted)
        return generated.match(include.name).hasMatch() ? QString() : layerViolation(file, include.name);
    if (isVectorCode(file) && !include.name.endsWith(".h"))
        return "variant files include C headers and intrinsics only: an inline std function becomes a weak "
               "symbol";
    return libraryViolation(file, include.name);
}

}  // namespace

class TestLayers : public QObject {
    Q_OBJECT
private slots:
    void rulesTellRightFromWrong_data();
    void rulesTellRightFromWrong();
    void includesPointRightwards_data();
    void includesPointRightwards();
    void lowerLayersDoNotLinkQt();
};

void TestLayers::rulesTellRightFromWrong_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("allowed");
    const auto add = [](const char* file, const char* line, bool allowed) {
        QTest::addRow("%s: %s", file, line) << file << line << allowed;
    };
    add("app/main.cpp", "#include \"ui/main_window.h\"", true);
    add("app/main_cli.cpp", "#include \"engine/base/result.h\"", true);
    add("app/main_cli.cpp", "#include \"kernels/ops.h\"", false);
    add("ui/pages/chat_page.cpp", "#include \"app/application.h\"", false);
    add("ui/pages/chat_page.cpp", "#include <QWidget>", true);
    add("ui/pages/chat_page.cpp", "#include <qcustomplot.h>", false);
    add("ui/plots/latency_plot.cpp", "#include <qcustomplot.h>", true);
    add("ui/models/run_model.cpp", "#include <sqlite3.h>", false);
    add("ui/models/run_model.cpp", "#include <QSqlQuery>", false);
    add("ui/models/run_model.cpp", "#include \"kernels/rope/rope.h\"", false);
    add("engine/store/sqlite.h", "#include <sqlite3.h>", true);
    add("engine/report/html_writer.cpp", " #  include <sqlite3.h>", false);
    add("engine/model/llama.cpp", "#include \"kernels/rope/rope.h\"", true);
    add("engine/model/llama.cpp", "#include \"ui/main_window.h\"", false);
    add("engine/model/llama.cpp", "#include \"../../ui/main_window.h\"", false);
    add("engine/model/llama.cpp", "#include \"sibling.h\"", false);
    add("engine/model/llama.cpp", "#include <QString>", false);
    add("engine/model/llama.cpp", "#include <QtCore/QString>", false);
    add("engine/model/llama.cpp", "#include <queue>", true);
    add("kernels/rope/reference.cpp", "#include <cmath>", true);
    add("kernels/rope/rope.cpp", "#include \"rope_variants.inc\"", true);
    add("kernels/rope/avx2.cpp", "#include <cmath>", false);
    add("kernels/rope/avx512_bf16.cpp", "#include <algorithm>", false);
    add("kernels/base/exp_avx2.h", "#include <cmath>", false);
    add("kernels/rope/neon.cpp", "#include <cmath>", false);
    add("kernels/rope/neon.cpp", "#include <arm_neon.h>", true);
    add("kernels/matmul_int4/amx.cpp", "#include <utility>", false);
    add("kernels/base/cpu_features.cpp", "#include <sys/auxv.h>", true);
    add("kernels/rope/avx2.cpp", "#include <immintrin.h>", true);
    add("kernels/matmul_dense/onednn.cpp", "#include <oneapi/dnnl/dnnl.hpp>", true);
    add("kernels/rope/avx2.cpp", "#include \"engine/base/result.h\"", false);
    add("kernels/rope/reference.cpp", "#include <sys/mman.h>", false);
}

void TestLayers::rulesTellRightFromWrong() {
    QFETCH(QString, file);
    QFETCH(QString, line);
    const auto includes = architecture::includesOf(line + "\n");
    QCOMPARE(includes.size(), std::size_t{1});
    QTEST(violation(file, includes.front()).isEmpty(), "allowed");
}

void TestLayers::includesPointRightwards_data() {
    QTest::addColumn<QString>("layer");
    for (const QString& layer : kLayers)
        QTest::addRow("%s", qPrintable(layer)) << layer;
}

void TestLayers::includesPointRightwards() {
    QFETCH(QString, layer);
    const auto files = architecture::filesUnder(layer, {"*.h", "*.cpp", "*.inc"});
    if (files.isEmpty() && layer == "ui")
        QSKIP("this tree has no window");
    QVERIFY(!files.isEmpty());
    QStringList violations;
    std::size_t read = 0;
    for (const QString& file : files)
        for (const Include& include : architecture::includesOf(architecture::readSource(file))) {
            ++read;
            if (const QString why = violation(file, include); !why.isEmpty())
                violations << QString("%1 includes %2: %3").arg(file, include.name, why);
        }
    QVERIFY2(violations.isEmpty(), qPrintable(violations.join('\n')));
    QVERIFY(read > static_cast<std::size_t>(files.size()) / 2);  // the reader did find includes
}

void TestLayers::lowerLayersDoNotLinkQt() {
    for (const char* layer : {"kernels", "engine"})
        for (const QString& file : architecture::filesUnder(layer, {"CMakeLists.txt", "*.cmake"}))
            QVERIFY2(!architecture::readSource(file).contains("Qt6"), qPrintable(file));
}

QTEST_APPLESS_MAIN(TestLayers)
#include "tst_layers.moc"
