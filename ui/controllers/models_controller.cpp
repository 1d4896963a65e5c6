#include "ui/controllers/models_controller.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include "engine/worker/child_process.h"
#include "ui/models/known_models.h"
#include "ui/models/model_names.h"
#include "ui/models/model_texts.h"

namespace ui {
namespace {

engine::Verification keptVerification(const ModelSettings& settings, const QString& path) {
    for (const auto& known : settings.known)
        if (known.path == path)
            return engine::verificationFromJson(known.verification.toStdString());
    return {};
}

/// One spelling per place: absolute, without "..", no slash at the end.
QString normalPath(const QString& path) {
    return variantOfModel(path).isEmpty() ? QDir::cleanPath(QFileInfo(path).absoluteFilePath()) : path;
}

}  // namespace

ModelsController::ModelsController(const Settings& settings, QObject* parent)
    : QObject(parent), settings_(settings.models), guard_(CrashGuard::fromText(settings.models.crashGuard)) {
    guard_.programStarted();
    connect(QCoreApplication::instance(), &QCoreApplication::aboutToQuit, this,
            [this] { guard_.programEnds(); });
    if (const auto& chat = settings.chatModel.model; !guard_.mayLoadByItself(chat))
        startNotice_ = tr("%1 crashed %n time(s) in a row and is not loaded by itself; see Models", nullptr,
                          guard_.crashes(chat))
                           .arg(modelTitle(chat));
    for (const auto& demo : demoModels())
        appendRow(demo.path);
    for (const auto& known : settings_.known)
        addKnown(known.path);
    addKnown(settings.chatModel.model);
    for (const auto& lane : settings.lanes)
        addKnown(lane.model);
}

ModelSettings ModelsController::kept() const {
    ModelSettings now = settings_;
    now.known.clear();
    for (int at = 0; at < list_.count(); ++at) {
        const auto& row = list_.row(at);
        const QString verification = QString::fromStdString(engine::verificationJson(row.verification));
        if (mayRemove(at) || !verification.isEmpty())
            now.known.push_back({row.path, verification});
    }
    now.crashGuard = guard_.toText();
    return now;
}

void ModelsController::appendRow(const QString& path) {
    ModelRow row;
    row.path = path;
    row.verification = keptVerification(settings_, path);
    row.state = engine::verificationState(row.verification);
    row.crashes = guard_.crashes(path);
    list_.append(std::move(row));
    offer();
    // Once whoever listens is connected: the first rows are made in the constructor.
    QMetaObject::invokeMethod(
        this, [this, path] { emit surveyRequested(path); }, Qt::QueuedConnection);
}

void ModelsController::offer() const {
    QStringList paths;
    for (int at = 0; at < list_.count(); ++at)
        if (mayRemove(at))
            paths << list_.row(at).path;
    setKnownModels(std::move(paths));
}

void ModelsController::add(const QStringList& paths) {
    if (!paths.isEmpty())
        emit findRequested(paths);
}

void ModelsController::addKnown(const QString& path) {
    if (!path.isEmpty() && list_.find(normalPath(path)) < 0)
        appendRow(normalPath(path));
}

void ModelsController::onFound(QStringList, QStringList models) {
    int fresh = 0;
    for (const auto& model : models) {
        const QString path = normalPath(model);
        if (const int at = list_.find(path); at >= 0) {
            refresh(at);
            continue;
        }
        appendRow(path);
        ++fresh;
    }
    if (models.isEmpty())
        return;
    emit said(fresh > 0 ? tr("Added %n model(s)", nullptr, fresh) : tr("Already in the list; read again"),
              false);
    emit added(normalPath(models.last()));
    emit worthKeeping();
}

void ModelsController::refresh(int at) {
    auto row = list_.row(at);
    row.state = engine::verificationState(row.verification);
    const QString path = row.path;
    list_.replace(at, std::move(row));
    emit surveyRequested(path);
}

void ModelsController::onSurveyed(QString path, SurveyedModel model) {
    const int at = list_.find(path);
    if (at < 0)
        return;
    auto row = list_.row(at);
    row.surveyed = std::move(model);
    estimate(row);
    list_.replace(at, std::move(row));
    emit surveyed(path);
}

bool ModelsController::mayRemove(int row) const {
    return row >= 0 && row < list_.count() && variantOfModel(list_.row(row).path).isEmpty();
}

void ModelsController::remove(int row) {
    if (!mayRemove(row))
        return;
    if (verifying_ == list_.row(row).path)
        stopVerifying();
    const QString name = list_.row(row).name();
    list_.remove(row);
    offer();
    emit said(tr("%1 is no longer in the list; its files are where they were").arg(name), false);
    emit worthKeeping();
}

void ModelsController::setContext(int context) {
    settings_.context = context;
    estimateAll();
}

void ModelsController::setKv(const QString& kv) {
    settings_.kv = kv;
    estimateAll();
}

void ModelsController::setAvailable(std::int64_t bytes) {
    if (bytes <= 0 || available_ == bytes)
        return;
    available_ = bytes;
    estimateAll();
}

void ModelsController::estimate(ModelRow& row) const {
    row.fit.reset();
    if (!row.opens() || row.surveyed->survey.weightsBytes <= 0 || !row.surveyed->plan)
        return;
    const auto kv = engine::kvSchemeNamed(settings_.kv.toStdString());
    const engine::FitConditions conditions{settings_.context, kv.value_or(engine::KvCache::Type::bf16),
                                           row.surveyed->threads};
    row.fit = engine::estimateFit(row.surveyed->survey.config, row.surveyed->survey.weightsBytes,
                                  *row.surveyed->plan, conditions, available_);
}

void ModelsController::estimateAll() {
    for (int at = 0; at < list_.count(); ++at) {
        auto row = list_.row(at);
        estimate(row);
        list_.replace(at, std::move(row));
    }
}

void ModelsController::verify(int at) {
    if (verifying_ || at < 0 || at >= list_.count() || !list_.row(at).surveyed)
        return;
    auto row = list_.row(at);
    verifying_ = row.path;
    row.verifying = 0;
    const auto files = row.surveyed->survey.files;
    list_.replace(at, std::move(row));
    stop_ = std::stop_source();
    emit verifyRequested(++runId_, files, stop_.get_token());
    emit verifyingChanged();
}

void ModelsController::stopVerifying() {
    stop_.request_stop();
}

void ModelsController::onProgressed(quint64 runId, qint64 done, qint64 total) {
    const int at = verifying_ && runId == runId_ ? list_.find(*verifying_) : -1;
    if (at < 0)
        return;
    auto row = list_.row(at);
    row.verifying = total > 0 ? static_cast<int>(100 * done / total) : 0;
    list_.replace(at, std::move(row));
}

void ModelsController::onVerified(quint64 runId, engine::Verification verification) {
    if (!verifying_ || runId != runId_)
        return;
    if (const int at = list_.find(*verifying_); at >= 0) {
        auto row = list_.row(at);
        const auto before = engine::modelDigest(row.verification);
        if (!before.empty() && before != engine::modelDigest(verification))
            verification.earlierDigest = before;
        row.verification = std::move(verification);
        row.state = engine::verificationState(row.verification);
        list_.replace(at, std::move(row));
    }
    endVerifying();
    emit worthKeeping();
}

void ModelsController::onVerifyFailed(quint64 runId, engine::Error error) {
    if (!verifying_ || runId != runId_)
        return;
    const bool stopped = error.code == engine::ErrorCode::cancelled;
    endVerifying();
    emit said(stopped ? tr("Verifying was stopped") : QString::fromStdString(error.message), !stopped);
}

void ModelsController::endVerifying() {
    const int at = list_.find(*verifying_);
    verifying_.reset();
    if (at >= 0) {
        auto row = list_.row(at);
        row.verifying = -1;
        list_.replace(at, std::move(row));
    }
    emit verifyingChanged();
}

void ModelsController::readHistogram(const QString& path, const QString& tensor, engine::TensorValues kind) {
    histogramStop_.request_stop();
    histogramStop_ = std::stop_source();
    emit histogramRequested(++histogramId_, path, tensor, kind, histogramStop_.get_token());
}

void ModelsController::onHistogramRead(quint64 id, engine::TensorHistogram histogram) {
    if (id == histogramId_)
        emit histogramReady(std::move(histogram));
}

void ModelsController::onHistogramFailed(quint64 id, engine::Error error) {
    if (id == histogramId_)
        emit histogramFailed(QString::fromStdString(error.message));
}

void ModelsController::useBegan(const QString& model) {
    guard_.began(model);
    emit worthKeeping();
}

void ModelsController::useEnded(const QString& model, const engine::Error* error) {
    if (error == nullptr)
        guard_.ended(model);
    else if (engine::isProcessEnd(*error))
        guard_.crashed(model);
    else
        guard_.abandoned(model);
    if (const int at = list_.find(normalPath(model)); at >= 0) {
        auto row = list_.row(at);
        row.crashes = guard_.crashes(model);
        list_.replace(at, std::move(row));
    }
    emit worthKeeping();
}

void ModelsController::forgive(const QString& model) {
    guard_.forgive(model);
    if (const int at = list_.find(model); at >= 0) {
        auto row = list_.row(at);
        row.crashes = 0;
        list_.replace(at, std::move(row));
    }
}

}  // namespace ui
