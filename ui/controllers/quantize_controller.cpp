#include "ui/controllers/quantize_controller.h"

#include <QDir>
#include <QFileInfo>

#include "ui/models/variant_folder.h"

namespace ui {
QuantizeController::QuantizeController(QObject* parent) : QObject(parent) {
    if (auto shipped = engine::shippedPolicies())
        recipes_ = std::move(*shipped);
    request_.policy = "gptq-int4";
}

void QuantizeController::chooseSource(const QString& model) {
    if (busy())
        return;
    request_.model = model.toStdString();
    report_.reset();
    message_.clear();
    folderChosen_ = false;
    proposeFolder();
    askEstimate();
}

void QuantizeController::chooseRecipe(const QString& word) {
    if (busy() || request_.policy == word.toStdString())
        return;
    request_.policy = word.toStdString();
    proposeFolder();
    askEstimate();
}

void QuantizeController::chooseText(const QString& file) {
    request_.text = file.toStdString();
    emit changed();
}

void QuantizeController::chooseFolder(const QString& folder) {
    folderChosen_ = !folder.isEmpty();
    request_.out = folder.toStdString();
    if (!folderChosen_)
        proposeFolder();
    emit changed();
}

void QuantizeController::setSeed(quint64 seed) {
    request_.seed = seed;
}

void QuantizeController::setWindows(int windows) {
    request_.windows = windows;
    askEstimate();
}

void QuantizeController::proposeFolder() {
    if (folderChosen_ || request_.model.empty())
        return;
    const QString recipe = QFileInfo(QString::fromStdString(request_.policy)).completeBaseName();
    request_.out = variantFolder(source(), recipe).toStdString();
}

void QuantizeController::askEstimate() {
    problem_.clear();
    estimate_ = {};
    emit changed();
    emit estimateRequested(++estimateId_, request_);
}

QString QuantizeController::whyNot() const {
    if (request_.model.empty())
        return tr("Choose a model first");
    if (!problem_.isEmpty())
        return problem_;
    const QDir out(QString::fromStdString(request_.out.string()));
    if (out.exists() && !out.isEmpty())
        return tr("The folder holds something already; choose another");
    return otherWork_;
}

bool QuantizeController::resumes() const {
    return QFileInfo::exists(QString::fromStdString(request_.out.string()) + QStringLiteral(".unfinished"));
}

void QuantizeController::setOtherWork(const QString& work) {
    if (otherWork_ == work)
        return;
    otherWork_ = work;
    emit changed();
}

void QuantizeController::start() {
    if (busy() || !whyNot().isEmpty())
        return;
    QDir().mkpath(QFileInfo(QString::fromStdString(request_.out.string())).absolutePath());
    stop_ = std::stop_source();
    progress_ = {};
    report_.reset();
    message_.clear();
    setState(State::running);
    emit runRequested(++runId_, request_, stop_.get_token());
}

void QuantizeController::stop() {
    stop_.request_stop();
    if (state_ == State::running)
        setState(State::stopping);
}

void QuantizeController::onEstimated(quint64 id, engine::QuantizeEstimate estimate, QString problem) {
    if (id != estimateId_)
        return;
    estimate_ = estimate;
    problem_ = std::move(problem);
    emit changed();
}

void QuantizeController::onProgressed(quint64 id, engine::QuantizeProgress progress) {
    if (id != runId_)
        return;
    progress_ = std::move(progress);
    emit changed();
}

void QuantizeController::onFinished(quint64 id, engine::QuantizeReport report) {
    if (id != runId_)
        return;
    report_ = std::move(report);
    setState(State::idle);
    emit made(QString::fromStdString(report_->path.string()));
}

void QuantizeController::onFailed(quint64 id, engine::Error error) {
    if (id != runId_)
        return;
    message_ = error.code == engine::ErrorCode::cancelled
                   ? tr("Stopped; what is finished is kept, and Start goes on with it")
                   : QString::fromStdString(error.message);
    setState(State::idle);
}

void QuantizeController::setState(State state) {
    state_ = state;
    emit changed();
}

}  // namespace ui
