#include "ui/workers/report_worker.h"

#include <span>

#include "engine/base/resources.h"
#include "engine/report/read_report.h"
#include "ui/workers/pdf_report.h"

namespace ui {
namespace {

constexpr std::size_t kMostRuns = 500;  // as many as the table shows; older ones stay in the database
constexpr std::size_t kRunsPerSignal = 16;

std::vector<std::int64_t> unknownRuns(const std::vector<engine::RunRow>& runs, const QVector<qint64>& known) {
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < runs.size() && i < kMostRuns; ++i)
        if (!known.contains(runs[i].id))
            ids.push_back(runs[i].id);
    return ids;
}

}  // namespace

ReportWorker::~ReportWorker() = default;

void ReportWorker::open(QString file) {
    auto store = engine::Store::open(file.toStdString());
    if (!store) {
        emit failed(store.error());
        return;
    }
    store_ = std::move(*store);
    readRuns({});
}

void ReportWorker::readRuns(QVector<qint64> known) {
    if (!store_)
        return;
    auto runs = store_->runs();
    if (!runs) {
        emit failed(runs.error());
        return;
    }
    const auto ids = unknownRuns(*runs, known);
    for (std::size_t at = 0; at < ids.size(); at += kRunsPerSignal) {
        const auto part = std::span(ids).subspan(at, std::min(kRunsPerSignal, ids.size() - at));
        auto reports = engine::loadReports(*store_, part);
        if (!reports) {
            emit failed(reports.error());
            return;
        }
        emit runsRead(std::move(*reports));
    }
    emit allRead();
}

void ReportWorker::readRun(qint64 id) {
    if (!store_)
        return;
    const std::int64_t ids[] = {id};
    auto reports = engine::loadReports(*store_, ids);
    if (reports)
        emit runsRead(std::move(*reports));
    else
        emit failed(reports.error());
}

void ReportWorker::readFile(QString file) {
    auto runs = engine::readReport(file.toStdString());
    if (runs)
        emit fileRead(std::move(*runs), file);
    else
        emit exportFailed(runs.error());
}

void ReportWorker::readSample() {
    const auto file = engine::resourcePath("samples/results.json");
    auto runs = engine::readReport(file);
    if (runs)
        emit sampleRead(std::move(*runs));
    else
        emit exportFailed(runs.error());
}

void ReportWorker::exportRuns(QVector<qint64> ids, QString file) {
    if (!store_)
        return;
    const std::vector<std::int64_t> wanted(ids.begin(), ids.end());
    auto reports = engine::loadReports(*store_, wanted);
    if (!reports) {
        emit exportFailed(reports.error());
        return;
    }
    const auto written = file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)
                             ? writePdf(*reports, file)
                             : engine::writeReport(*reports, file.toStdString());
    if (written)
        emit exported(file);
    else
        emit exportFailed(written.error());
}

}  // namespace ui
