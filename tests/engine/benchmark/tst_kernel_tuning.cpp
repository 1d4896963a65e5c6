#include <QtTest>

#include "engine/benchmark/kernel_tuning.h"
#include "kernels/base/cpu_features.h"

/// Tuning on matrices so small that no speed means anything: the table is complete, readable and of this CPU.
class TestKernelTuning : public QObject {
    Q_OBJECT
private slots:
    void writesAValidTable();
    void stopsWhenAsked();
};

namespace {

engine::TuningRequest tinyRequest() {
    engine::TuningRequest request;
    request.repetitions = 3;
    request.matrices = {{40, 64}, {16, 96}};
    request.tokens = {1, 2, 16, 64};
    request.evictBytes = 4096;
    return request;
}

}  // namespace

void TestKernelTuning::writesAValidTable() {
    if (engine::CpuClass::here().features.empty())
        QSKIP("this CPU runs the reference alone");
    QStringList told;
    const auto tuning = engine::tuneKernels(
        tinyRequest(), [&](const std::string& next) { told << QString::fromStdString(next); });
    QVERIFY2(tuning.has_value(), tuning ? "" : tuning.error().message.c_str());
    QVERIFY(told.size() > 6);
    QVERIFY(tuning->leftOut.empty());
    const auto& table = tuning->table;
    QVERIFY(table.holdsFor(engine::CpuClass::here()));
    QCOMPARE(table.rows.size(), std::size_t{6} * engine::kTokenClasses);
    for (const auto& row : table.rows) {
        QVERIFY(!row.variants.empty());
        for (std::size_t i = 1; i < row.variants.size(); ++i)
            QVERIFY(row.variants[i - 1].gops >= row.variants[i].gops);
    }
    const auto read = engine::KernelTable::parse(table.text(), "tuned.yaml");
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QCOMPARE(read->rows.size(), table.rows.size());
    QCOMPARE(read->measured, table.measured);
}

void TestKernelTuning::stopsWhenAsked() {
    std::stop_source stop;
    stop.request_stop();
    const auto tuning = engine::tuneKernels(tinyRequest(), {}, stop.get_token());
    QVERIFY(!tuning);
    QCOMPARE(tuning.error().code, engine::ErrorCode::cancelled);
}

QTEST_GUILESS_MAIN(TestKernelTuning)
#include "tst_kernel_tuning.moc"
