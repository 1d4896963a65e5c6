#include "ui/workers/rerun_worker.h"

#include "engine/report/rerun.h"

namespace ui {

void RerunWorker::run(engine::RunReport report, QString database, std::stop_token stop) {
    auto rerun = engine::rerunOf(report, stop);
    if (!rerun) {
        emit failed(rerun.error());
        return;
    }
    QStringList warnings;
    for (const auto& warning : rerun->warnings)
        warnings << QString::fromStdString(warning);
    emit warned(warnings);
    auto store = engine::Store::open(database.toStdString());
    if (!store) {
        emit failed(store.error());
        return;
    }
    engine::BenchmarkListener listener;
    listener.measured = [&](std::int64_t done, std::int64_t total, std::size_t lane,
                            const engine::BenchmarkTest& test) {
        emit progressed(tr("Measuring again: %1 of %2, %3 %4")
                            .arg(done)
                            .arg(total)
                            .arg(QString::fromStdString(rerun->bench->lanes[lane].name),
                                 QString::fromStdString(test.test)));
    };
    try {
        auto id = engine::measureAgain(*rerun, listener, **store, std::move(stop));
        if (id)
            emit finished(*id);
        else
            emit failed(id.error());
    } catch (...) {
        emit failed({engine::ErrorCode::internal, "the measurement ended unexpectedly; run it again"});
    }
}

}  // namespace ui
