#include "ui/controllers/benchmark_controller.h"

#include <QFileInfo>
#include <utility>

#include "ui/models/model_names.h"

namespace ui {
namespace {

constexpr int kPaceMs = 1000;  // a repaint of the table takes some ms of a CPU that a lane may want

}  // namespace

BenchmarkController::BenchmarkController(QObject* parent) : QObject(parent) {
    pace_.setInterval(kPaceMs);
    connect(&pace_, &QTimer::timeout, this, &BenchmarkController::flush);
    auto profiles = engine::benchmarkProfiles();
    if (!profiles) {
        say(QString::fromStdString(profiles.error().message), true);
        return;
    }
    shipped_ = std::move(*profiles);
    chooseProfile(QStringLiteral("quick"));
}

bool BenchmarkController::unmodified() const {
    return engine::isShippedProfile(profile_);
}

void BenchmarkController::chooseProfile(const QString& word) {
    auto profile = engine::benchmarkProfile(word.toStdString());
    auto text = engine::benchmarkProfileText(word.toStdString());
    if (!profile || !text) {
        say(QString::fromStdString(profile ? text.error().message : profile.error().message), true);
        return;
    }
    source_ = word;
    take(std::move(*profile), QString::fromStdString(*text));
}

void BenchmarkController::setProfileText(const QString& text, const QString& file) {
    auto profile = engine::parseBenchmarkProfile(text.toStdString(), file.toStdString());
    if (profile) {
        source_ = QFileInfo(file).isAbsolute() ? file : QString();
        take(std::move(*profile), text);
    } else {
        say(QString::fromStdString(profile.error().message), true);
    }
}

QString BenchmarkController::problemOf(const QString& text, const QString& file) {
    const auto profile = engine::parseBenchmarkProfile(text.toStdString(), file.toStdString());
    return profile ? QString() : QString::fromStdString(profile.error().message);
}

void BenchmarkController::take(engine::BenchmarkProfile profile, const QString& text) {
    profile_ = std::move(profile);
    text_ = text;
    message_.clear();
    replan();
}

void BenchmarkController::restore(const BenchmarkChoice& choice) {
    models_ = choice.models;
    if (choice.profile != source_)
        chooseProfile(choice.profile);
    replan();
}

BenchmarkChoice BenchmarkController::kept() const {
    BenchmarkChoice choice;
    if (!source_.isEmpty())
        choice.profile = source_;
    choice.models = models_;
    return choice;
}

void BenchmarkController::addModel(const QString& path) {
    if (models_.contains(path))
        return;
    models_ << path;
    replan();
}

void BenchmarkController::removeModel(const QString& path) {
    models_.removeAll(path);
    replan();
}

engine::ProfileChoice BenchmarkController::choice() const {
    engine::ProfileChoice choice;
    choice.profile = profile_;
    if (!source_.isEmpty())  // a text that is in no file cannot be named on a command line
        choice.arguments.push_back(source_.toStdString());
    for (const auto& path : models_) {
        choice.models.push_back({modelTitle(path).toStdString(), "", path.toStdString()});
        if (!source_.isEmpty())
            choice.arguments.push_back(path.toStdString());
    }
    return choice;
}

void BenchmarkController::replan() {
    plan_ = {};
    emit changed();
    emit planRequested(++planId_, choice());
}

QString BenchmarkController::whyNot() const {
    if (busy())
        return tr("A benchmark is running");
    return otherWork_.isEmpty() ? plan_.problem : otherWork_;
}

void BenchmarkController::setOtherWork(const QString& work) {
    if (otherWork_ == work)
        return;
    otherWork_ = work;
    emit changed();
}

void BenchmarkController::start() {
    if (whyNot().isEmpty())
        launch(0);
}

void BenchmarkController::resumeRun() {
    if (!busy() && otherWork_.isEmpty() && resumable_.id != 0)
        launch(resumable_.id);
}

void BenchmarkController::launch(qint64 resume) {
    stop_ = std::stop_source();
    paused_ = std::make_shared<engine::PauseSwitch>();
    ++runId_;
    waiting_.clear();
    table_.clear();
    progress_ = {};
    lanes_.clear();
    stored_ = 0;
    message_.clear();
    state_ = State::running;
    pace_.start();
    emit runChanged();
    emit changed();
    emit runRequested(runId_, {choice(), resume, paused_, stop_.get_token()});
}

void BenchmarkController::togglePause() {
    if (state_ == State::running) {
        paused_->pause();
        state_ = State::pausing;
    } else if (state_ == State::pausing || state_ == State::paused) {
        paused_->resume();
        state_ = State::running;
    } else {
        return;
    }
    emit changed();
}

void BenchmarkController::cancel() {
    if (!busy() || state_ == State::stopping)
        return;
    stop_.request_stop();
    state_ = State::stopping;
    emit changed();
}

QString BenchmarkController::step() const {
    using Step = engine::BenchmarkProgress::Step;
    if (lanes_.isEmpty())
        return busy() ? tr("Preparing the models…") : QString();
    const QString lane = lanes_.value(static_cast<int>(progress_.lane));
    const QString test = QString::fromStdString(engine::testText(progress_.test));
    switch (progress_.step) {
        case Step::loading:
            return tr("Loading %1…").arg(lane);
        case Step::idle:
            return tr("Measuring the idle power…");
        case Step::warmup:
            return tr("%1 · %2 · warm-up %3").arg(lane, test).arg(progress_.repetition);
        case Step::quality:
            return tr("%1 · quality on a text").arg(lane);
        case Step::paused:
            return tr("Paused; the models stay loaded and warm up again");
        case Step::measuring:
            break;
    }
    return tr("%1 · %2 · repetition %3").arg(lane, test).arg(progress_.repetition);
}

void BenchmarkController::onPlanned(quint64 planId, BenchmarkPlan plan) {
    if (planId != planId_)
        return;
    plan_ = std::move(plan);
    emit changed();
}

void BenchmarkController::onMachineChecked(std::vector<engine::PreflightCheck> checks) {
    checks_ = std::move(checks);
    emit changed();
}

void BenchmarkController::onResumableFound(ResumableRun run) {
    resumable_ = std::move(run);
    emit changed();
}

void BenchmarkController::onPrepared(quint64 runId, QStringList lanes, bool) {
    if (runId == runId_)
        lanes_ = std::move(lanes);
}

void BenchmarkController::onBegan(quint64 runId, qint64 storedId) {
    if (runId != runId_)
        return;
    stored_ = storedId;
    emit runStored(runId, storedId, false);
}

void BenchmarkController::onProgressed(quint64 runId, engine::BenchmarkProgress progress) {
    if (runId != runId_ || !busy())
        return;
    const bool first = progress_.total == 0;
    progress_ = std::move(progress);
    const bool halts = progress_.step == engine::BenchmarkProgress::Step::paused;
    if (halts && state_ == State::pausing)
        state_ = State::paused;
    if (halts || first)
        flush();
}

void BenchmarkController::onCellChanged(quint64 runId, engine::BenchmarkCell cell) {
    if (runId == runId_)
        waiting_.push_back(std::move(cell));
}

void BenchmarkController::onSampled(quint64 runId, engine::LiveSample sample) {
    if (runId == runId_ && busy())
        emit sampled(sample);
}

void BenchmarkController::flush() {
    std::optional<double> speed;
    for (const auto& cell : waiting_) {
        table_.setCell(cell);
        if (cell.newestSpeed)
            speed = cell.newestSpeed;
    }
    waiting_.clear();
    if (speed && busy())
        emit speedMeasured(*speed);
    emit changed();
}

void BenchmarkController::say(const QString& message, bool isWarning) {
    message_ = message;
    messageIsWarning_ = isWarning;
    emit changed();
}

void BenchmarkController::onFinished(quint64 runId, qint64 storedId, bool cancelled) {
    if (runId != runId_)
        return;
    state_ = State::idle;
    pace_.stop();
    flush();
    int failures = 0;
    for (int row = 0; row < table_.rowCount(); ++row)
        failures += table_.cell(row).status == "failed" ? 1 : 0;
    if (cancelled)
        say(tr("Stopped; run %1 keeps what was measured").arg(storedId), false);
    else if (failures > 0)
        say(tr("Run %1 is complete, but lanes failed; the table says why").arg(storedId), true);
    else
        say(tr("Run %1 is complete").arg(storedId), false);
    emit runStored(runId, storedId, true);
}

void BenchmarkController::onFailed(quint64 runId, engine::Error error) {
    if (runId != runId_)
        return;
    state_ = State::idle;
    pace_.stop();
    flush();
    if (error.code == engine::ErrorCode::cancelled)
        say(tr("Stopped before anything was measured"), false);
    else
        say(QString::fromStdString(error.message), true);
}

}  // namespace ui
