#include "ui/controllers/finetune_controller.h"

#include <QDir>
#include <QFileInfo>
#include <algorithm>

#include "ui/models/variant_folder.h"

namespace ui {

namespace train = engine::train;

FinetuneController::FinetuneController(QObject* parent) : QObject(parent) {
    if (auto shipped = train::finetuneRecipes())
        recipes_ = std::move(*shipped);
    request_.recipe.id = "lora";
    takeRecipe();
}

void FinetuneController::takeRecipe() {
    const auto found = std::find_if(recipes_.begin(), recipes_.end(),
                                    [this](const auto& recipe) { return recipe.id == request_.recipe.id; });
    if (found != recipes_.end())
        request_.recipe = *found;
    if (steps_ > 0)
        for (auto& stage : request_.recipe.stages)
            stage.steps = steps_;
}

void FinetuneController::chooseSource(const QString& model) {
    if (busy())
        return;
    request_.model = model.toStdString();
    report_.reset();
    curve_.clear();
    message_.clear();
    folderChosen_ = false;
    proposeFolder();
    askSurvey();
}

void FinetuneController::chooseRecipe(const QString& id) {
    if (busy() || request_.recipe.id == id.toStdString())
        return;
    request_.recipe.id = id.toStdString();
    takeRecipe();
    proposeFolder();
    askSurvey();
}

void FinetuneController::chooseData(const QString& file) {
    if (busy() || request_.data == file.toStdString())
        return;
    request_.data = file.toStdString();
    askSurvey();
}

void FinetuneController::chooseFolder(const QString& folder) {
    folderChosen_ = !folder.isEmpty();
    request_.out = folder.toStdString();
    proposeFolder();
    emit changed();
}

void FinetuneController::setSteps(int steps) {
    steps_ = steps;
    takeRecipe();
    emit changed();
}

void FinetuneController::proposeFolder() {
    if (!folderChosen_ && !request_.model.empty())
        request_.out = variantFolder(source(), QString::fromStdString(request_.recipe.id)).toStdString();
}

void FinetuneController::askSurvey() {
    statistics_.reset();
    problem_.clear();
    ++surveyId_;
    emit changed();
    if (!request_.model.empty() && !request_.data.empty())
        emit surveyRequested(surveyId_, request_);
}

QString FinetuneController::whyNot() const {
    if (request_.model.empty())
        return tr("Choose a model first");
    if (request_.data.empty())
        return tr("Choose what to train on");
    if (!problem_.isEmpty())
        return problem_;
    if (!statistics_)
        return tr("The data is being read");
    const QDir out(QString::fromStdString(request_.out.string()));
    if (out.exists() && !out.isEmpty() && !resumes())
        return tr("The folder holds something already; choose another");
    return otherWork_;
}

bool FinetuneController::resumes() const {
    return QFileInfo::exists(QString::fromStdString((request_.out / "training").string()));
}

void FinetuneController::setOtherWork(const QString& work) {
    if (otherWork_ == work)
        return;
    otherWork_ = work;
    emit changed();
}

void FinetuneController::start() {
    if (state_ == State::paused) {
        paused_->resume();
        setState(State::running);
        return;
    }
    if (busy() || !whyNot().isEmpty())
        return;
    QDir().mkpath(QFileInfo(QString::fromStdString(request_.out.string())).absolutePath());
    stop_ = std::stop_source();
    paused_ = std::make_shared<engine::PauseSwitch>();
    request_.paused = paused_;
    curve_.clear();
    progress_ = {};
    report_.reset();
    message_.clear();
    setState(State::running);
    emit runRequested(++runId_, request_, stop_.get_token());
}

void FinetuneController::pause() {
    if (state_ != State::running)
        return;
    paused_->pause();
    setState(State::paused);
}

void FinetuneController::stop() {
    stop_.request_stop();
    if (busy())
        setState(State::stopping);
}

void FinetuneController::onSurveyed(quint64 id, train::DataStatistics statistics, QString problem) {
    if (id != surveyId_)
        return;
    problem_ = std::move(problem);
    if (problem_.isEmpty())
        statistics_ = std::move(statistics);
    emit changed();
}

void FinetuneController::onProgressed(quint64 id, train::FinetuneProgress progress) {
    if (id != runId_)
        return;
    progress_ = progress;
    // A step comes again with its validation.
    if (!curve_.empty() && curve_.back().stage == progress.last.stage &&
        curve_.back().step == progress.last.step)
        curve_.back() = progress.last;
    else
        curve_.push_back(progress.last);
    emit stepped();
}

void FinetuneController::onFinished(quint64 id, train::FinetuneReport report) {
    if (id != runId_)
        return;
    curve_ = report.steps;
    report_ = std::move(report);
    setState(State::idle);
    emit stepped();
    emit made(QString::fromStdString(report_->model.path.string()));
}

void FinetuneController::onFailed(quint64 id, engine::Error error) {
    if (id != runId_)
        return;
    message_ = error.code == engine::ErrorCode::cancelled
                   ? tr("Stopped; what is trained is kept, and Go on continues there")
                   : QString::fromStdString(error.message);
    setState(State::idle);
}

void FinetuneController::setState(State state) {
    state_ = state;
    emit changed();
}

}  // namespace ui
