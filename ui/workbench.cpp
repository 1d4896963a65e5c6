#include "ui/workbench.h"

#include <QTimer>

#include "engine/base/message_log.h"
#include "ui/model_services.h"
#include "ui/system_services.h"
#include "ui/workers/benchmark_worker.h"
#include "ui/workers/chat_worker.h"
#include "ui/workers/compare_worker.h"
#include "ui/workers/database_worker.h"
#include "ui/workers/prompt_worker.h"
#include "ui/workers/report_worker.h"
#include "ui/workers/rerun_worker.h"
#include "ui/workers/roofline_worker.h"

namespace ui {
namespace {

constexpr int kMachineGapMs = 5000;  // memory in the status strip; a read takes a few ms

}  // namespace

Workbench::Workbench(const Settings& settings, QString database, std::filesystem::path worker)
    : settings_(settings),
      database_(std::move(database)),
      compare_(settings, worker),
      chat_(settings, worker),
      roofline_(settings.kernelMeasurement),
      models_(std::make_unique<ModelServices>(settings)),
      system_(std::make_unique<SystemServices>(database_)),
      compareWorker_(new CompareWorker),
      chatWorker_(new ChatWorker),
      promptWorker_(new PromptWorker),
      databaseWorker_(new DatabaseWorker),
      reportWorker_(new ReportWorker),
      rerunWorker_(new RerunWorker),
      systemWorker_(new SystemWorker),
      rooflineWorker_(new RooflineWorker),
      benchmarkWorker_(new BenchmarkWorker(worker)) {
    benchmark_.restore(settings.benchmark);
    startThread(compareThread_, compareWorker_, "compare");
    startThread(chatThread_, chatWorker_, "chat");
    startThread(promptThread_, promptWorker_, "prompt");
    startThread(databaseThread_, databaseWorker_, "database");
    startThread(reportThread_, reportWorker_, "report");
    startThread(rerunThread_, rerunWorker_, "rerun");
    startThread(systemThread_, systemWorker_, "system");
    startThread(rooflineThread_, rooflineWorker_, "roofline");
    startThread(benchmarkThread_, benchmarkWorker_, "benchmark");
    connectCompare();
    connectChat();
    connectResults();
    connectRerun();
    connectRoofline();
    connectBenchmark();
    models_->watch(chat_, chatWorker_);
    connect(&models_->controller(), &ModelsController::worthKeeping, this, &Workbench::settingsWorthKeeping);
    connect(this, &Workbench::machineRead, &models_->controller(), [this](const MachineState& state) {
        models_->controller().setAvailable(state.info.availableMemoryBytes);
    });

    connect(this, &Workbench::readMachineRequested, systemWorker_, &SystemWorker::read);
    connect(systemWorker_, &SystemWorker::stateRead, this, &Workbench::machineRead);
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &Workbench::readMachineRequested);
    timer->start(kMachineGapMs);
    QTimer::singleShot(0, this, &Workbench::readMachineRequested);
    QMetaObject::invokeMethod(databaseWorker_, &DatabaseWorker::readConversations, Qt::QueuedConnection);
}

Workbench::~Workbench() {
    compare_.stop();
    chat_.close();
    roofline_.stop();
    benchmark_.cancel();
    results_.stopRerun();
    // The database ends last but one, so that what the others report on their way out is still written.
    QObject* const workers[] = {compareWorker_,   chatWorker_,     promptWorker_,
                                systemWorker_,    rooflineWorker_, rerunWorker_,
                                benchmarkWorker_, databaseWorker_, reportWorker_};
    for (auto* worker : workers) {
        auto* thread = worker->thread();
        // Queued behind what waits already: quit() alone would leave posted writes undone.
        QMetaObject::invokeMethod(
            worker, [thread] { thread->quit(); }, Qt::QueuedConnection);
        thread->wait();
    }
}

ModelsController& Workbench::models() {
    return models_->controller();
}

QuantizeController& Workbench::quantize() {
    return models_->quantize();
}

FinetuneController& Workbench::finetune() {
    return models_->finetune();
}

void Workbench::startThread(QThread& thread, QObject* worker, const char* name) {
    thread.setObjectName(QString::fromLatin1(name));
    worker->moveToThread(&thread);
    connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    thread.start();
}

void Workbench::connectCompare() {
    connect(&compare_, &CompareController::runRequested, compareWorker_, &CompareWorker::run);
    connect(compareWorker_, &CompareWorker::laneStarted, &compare_, &CompareController::onLaneStarted);
    connect(compareWorker_, &CompareWorker::laneLoaded, &compare_, &CompareController::onLaneLoaded);
    connect(compareWorker_, &CompareWorker::progressed, &compare_, &CompareController::onProgressed);
    connect(compareWorker_, &CompareWorker::laneFinished, &compare_, &CompareController::onLaneFinished);
    connect(compareWorker_, &CompareWorker::agreementKnown, &compare_, &CompareController::onAgreementKnown);
    connect(compareWorker_, &CompareWorker::scoringStarted, &compare_, &CompareController::onScoringStarted);
    connect(compareWorker_, &CompareWorker::tokensScored, &compare_, &CompareController::onTokensScored);
    connect(compareWorker_, &CompareWorker::finished, &compare_, &CompareController::onFinished);
    connect(compareWorker_, &CompareWorker::failed, &compare_, &CompareController::onFailed);

    connect(compareWorker_, &CompareWorker::began, databaseWorker_, &DatabaseWorker::comparisonBegan);
    connect(compareWorker_, &CompareWorker::laneLoaded, databaseWorker_,
            &DatabaseWorker::comparisonLaneLoaded);
    connect(compareWorker_, &CompareWorker::laneFinished, databaseWorker_,
            &DatabaseWorker::comparisonLaneFinished);
    connect(compareWorker_, &CompareWorker::agreementKnown, databaseWorker_,
            &DatabaseWorker::comparisonAgreement);
    connect(compareWorker_, &CompareWorker::tokensScored, databaseWorker_, &DatabaseWorker::comparisonTokens);
    connect(compareWorker_, &CompareWorker::finished, databaseWorker_, &DatabaseWorker::comparisonFinished);
    connect(compareWorker_, &CompareWorker::failed, databaseWorker_, &DatabaseWorker::comparisonFailed);
    connect(databaseWorker_, &DatabaseWorker::runChanged, &compare_, &CompareController::onRunChanged);

    auto* votes = &compare_.votes();
    const auto withhold = [this, votes] { results_.setWithheld(votes->hidden() ? compare_.storedRun() : 0); };
    connect(votes, &CompareVotes::changed, &results_, withhold);
    connect(databaseWorker_, &DatabaseWorker::runChanged, &results_, withhold);
    connect(&compare_, &CompareController::storedRunChanged, &results_, withhold);
    connect(votes, &CompareVotes::voteRequested, databaseWorker_, &DatabaseWorker::voteOnComparison);
    connect(votes, &CompareVotes::historyRequested, databaseWorker_, &DatabaseWorker::readComparisons);
    connect(&compare_, &CompareController::readComparisonRequested, databaseWorker_,
            &DatabaseWorker::readComparison);
    connect(databaseWorker_, &DatabaseWorker::comparisonsRead, votes, &CompareVotes::onHistoryRead);
    connect(databaseWorker_, &DatabaseWorker::comparisonRead, &compare_,
            &CompareController::onComparisonRead);
    connect(databaseWorker_, &DatabaseWorker::runDeleted, votes, &CompareVotes::readHistory);
    connect(databaseWorker_, &DatabaseWorker::opened, votes, &CompareVotes::readHistory);

    connect(&compare_, &CompareController::renderRequested, promptWorker_, &PromptWorker::render);
    connect(promptWorker_, &PromptWorker::rendered, &compare_, &CompareController::onRendered);
    connect(promptWorker_, &PromptWorker::failed, &compare_, &CompareController::onRenderFailed);
}

void Workbench::connectChat() {
    connect(&chat_, &ChatController::runRequested, chatWorker_, &ChatWorker::run);
    connect(chatWorker_, &ChatWorker::loading, &chat_, &ChatController::onLoading);
    connect(chatWorker_, &ChatWorker::loaded, &chat_, &ChatController::onLoaded);
    connect(chatWorker_, &ChatWorker::progressed, &chat_, &ChatController::onProgressed);
    connect(chatWorker_, &ChatWorker::finished, &chat_, &ChatController::onFinished);
    connect(chatWorker_, &ChatWorker::failed, &chat_, &ChatController::onFailed);

    connect(&chat_, &ChatController::saveConversationRequested, databaseWorker_,
            &DatabaseWorker::saveConversation);
    connect(&chat_, &ChatController::saveMessageRequested, databaseWorker_, &DatabaseWorker::saveMessage);
    connect(&chat_, &ChatController::saveLeafRequested, databaseWorker_, &DatabaseWorker::saveLeaf);
    connect(&chat_, &ChatController::exportRequested, databaseWorker_, &DatabaseWorker::exportConversation);
    auto* shelf = &chat_.shelf();
    connect(shelf, &ConversationShelf::renameRequested, databaseWorker_, &DatabaseWorker::renameConversation);
    connect(shelf, &ConversationShelf::tagsRequested, databaseWorker_, &DatabaseWorker::setConversationTags);
    connect(shelf, &ConversationShelf::searchRequested, databaseWorker_, &DatabaseWorker::searchMessages);
    connect(databaseWorker_, &DatabaseWorker::messagesFound, shelf, &ConversationShelf::onMessagesFound);
    connect(databaseWorker_, &DatabaseWorker::conversationExported, &chat_, &ChatController::exported);
    connect(databaseWorker_, &DatabaseWorker::conversationNotExported, &chat_,
            [this](const engine::Error& error) {
                emit chat_.exportFailed(QString::fromStdString(error.message));
            });
    connect(&chat_, &ChatController::deleteConversationRequested, databaseWorker_,
            &DatabaseWorker::deleteConversation);
    connect(&chat_, &ChatController::readConversationsRequested, databaseWorker_,
            &DatabaseWorker::readConversations);
    connect(&chat_, &ChatController::readMessagesRequested, databaseWorker_, &DatabaseWorker::readMessages);
    connect(databaseWorker_, &DatabaseWorker::conversationSaved, &chat_,
            &ChatController::onConversationSaved);
    connect(databaseWorker_, &DatabaseWorker::conversationsRead, &chat_,
            &ChatController::onConversationsRead);
    connect(databaseWorker_, &DatabaseWorker::messagesRead, &chat_, &ChatController::onMessagesRead);
}

void Workbench::connectResults() {
    connect(&results_, &ResultsController::readRunsRequested, reportWorker_, &ReportWorker::readRuns);
    connect(&results_, &ResultsController::readRunRequested, reportWorker_, &ReportWorker::readRun);
    connect(&results_, &ResultsController::exportRequested, reportWorker_, &ReportWorker::exportRuns);
    connect(&results_, &ResultsController::deleteRunRequested, databaseWorker_, &DatabaseWorker::deleteRun);
    connect(reportWorker_, &ReportWorker::runsRead, &results_, &ResultsController::onRunsRead);
    connect(reportWorker_, &ReportWorker::allRead, &results_, &ResultsController::onAllRead);
    connect(reportWorker_, &ReportWorker::exported, &results_, &ResultsController::onExported);
    connect(reportWorker_, &ReportWorker::exportFailed, &results_, &ResultsController::onExportFailed);
    connect(databaseWorker_, &DatabaseWorker::runChanged, &results_, &ResultsController::onRunChanged);
    connect(databaseWorker_, &DatabaseWorker::runDeleted, &results_, &ResultsController::onRunDeleted);

    const auto report = [this](engine::Error error) {
        engine::messageLog().add(engine::LogLevel::error, error.message);
        emit databaseFailed(QString::fromStdString(error.message));
    };
    connect(databaseWorker_, &DatabaseWorker::failed, this, report);
    connect(reportWorker_, &ReportWorker::failed, this, report);
    connect(databaseWorker_, &DatabaseWorker::opened, this, &Workbench::databaseOpened);
    // The writer migrates an older file; the reader comes after it.
    connect(databaseWorker_, &DatabaseWorker::opened, reportWorker_, &ReportWorker::open);
    QMetaObject::invokeMethod(
        databaseWorker_, [worker = databaseWorker_, file = database_] { worker->open(file); },
        Qt::QueuedConnection);
}

void Workbench::connectRerun() {
    connect(&results_, &ResultsController::noteRequested, databaseWorker_, &DatabaseWorker::setRunNote);
    connect(&results_, &ResultsController::tagsRequested, databaseWorker_, &DatabaseWorker::setRunTags);
    connect(&results_, &ResultsController::baselineRequested, databaseWorker_, &DatabaseWorker::pinBaseline);
    connect(&results_, &ResultsController::importRequested, databaseWorker_, &DatabaseWorker::importRuns);
    connect(databaseWorker_, &DatabaseWorker::runEdited, &results_, &ResultsController::onRunEdited);
    connect(databaseWorker_, &DatabaseWorker::baselinePinned, &results_,
            &ResultsController::onBaselinePinned);
    connect(databaseWorker_, &DatabaseWorker::imported, &results_, &ResultsController::onImported);
    connect(&results_, &ResultsController::readFileRequested, reportWorker_, &ReportWorker::readFile);
    connect(&results_, &ResultsController::readSampleRequested, reportWorker_, &ReportWorker::readSample);
    connect(reportWorker_, &ReportWorker::fileRead, &results_, &ResultsController::onFileRead);
    connect(reportWorker_, &ReportWorker::sampleRead, &results_, &ResultsController::onSampleRead);

    connect(&results_, &ResultsController::rerunRequested, rerunWorker_,
            [worker = rerunWorker_, file = database_](const engine::RunReport& report, std::stop_token stop) {
                worker->run(report, file, std::move(stop));
            });
    connect(rerunWorker_, &RerunWorker::warned, &results_, &ResultsController::onRerunWarned);
    connect(rerunWorker_, &RerunWorker::progressed, &results_, &ResultsController::said);
    connect(rerunWorker_, &RerunWorker::finished, &results_, &ResultsController::onRerunFinished);
    connect(rerunWorker_, &RerunWorker::failed, &results_, &ResultsController::onRerunFailed);
}

void Workbench::connectRoofline() {
    connect(&roofline_, &RooflineController::runRequested, rooflineWorker_, &RooflineWorker::run);
    connect(rooflineWorker_, &RooflineWorker::progressed, &roofline_, &RooflineController::onProgressed);
    connect(rooflineWorker_, &RooflineWorker::finished, &roofline_, &RooflineController::onFinished);
    connect(rooflineWorker_, &RooflineWorker::failed, &roofline_, &RooflineController::onFailed);
    connect(&roofline_, &RooflineController::measured, this, &Workbench::settingsWorthKeeping);

    connect(&compare_, &CompareController::stateChanged, this, &Workbench::shareMachine);
    connect(&chat_, &ChatController::stateChanged, this, &Workbench::shareMachine);
    connect(&roofline_, &RooflineController::changed, this, &Workbench::shareMachine);
    connect(&system_->kernels(), &KernelsController::changed, this, &Workbench::shareMachine);
    connect(&benchmark_, &BenchmarkController::changed, this, &Workbench::shareMachine);
    connect(&models_->quantize(), &QuantizeController::changed, this, &Workbench::shareMachine);
    connect(&models_->finetune(), &FinetuneController::changed, this, &Workbench::shareMachine);
    connect(&results_, &ResultsController::rerunStateChanged, this, &Workbench::shareMachine);
}

void Workbench::connectBenchmark() {
    connect(&benchmark_, &BenchmarkController::planRequested, benchmarkWorker_, &BenchmarkWorker::plan);
    connect(&benchmark_, &BenchmarkController::checkMachineRequested, benchmarkWorker_,
            &BenchmarkWorker::checkMachine);
    connect(&benchmark_, &BenchmarkController::runRequested, benchmarkWorker_, &BenchmarkWorker::run);
    connect(benchmarkWorker_, &BenchmarkWorker::planned, &benchmark_, &BenchmarkController::onPlanned);
    connect(benchmarkWorker_, &BenchmarkWorker::machineChecked, &benchmark_,
            &BenchmarkController::onMachineChecked);
    connect(benchmarkWorker_, &BenchmarkWorker::resumableFound, &benchmark_,
            &BenchmarkController::onResumableFound);
    connect(benchmarkWorker_, &BenchmarkWorker::prepared, &benchmark_, &BenchmarkController::onPrepared);
    connect(benchmarkWorker_, &BenchmarkWorker::began, &benchmark_, &BenchmarkController::onBegan);
    connect(benchmarkWorker_, &BenchmarkWorker::progressed, &benchmark_, &BenchmarkController::onProgressed);
    connect(benchmarkWorker_, &BenchmarkWorker::cellChanged, &benchmark_,
            &BenchmarkController::onCellChanged);
    // Asked for on the window's thread wherever the watch's own thread emits it.
    connect(benchmarkWorker_, &BenchmarkWorker::sampled, &benchmark_, &BenchmarkController::onSampled,
            Qt::QueuedConnection);
    connect(benchmarkWorker_, &BenchmarkWorker::finished, &benchmark_, &BenchmarkController::onFinished);
    connect(benchmarkWorker_, &BenchmarkWorker::failed, &benchmark_, &BenchmarkController::onFailed);
    connect(&benchmark_, &BenchmarkController::runStored, &results_, &ResultsController::onRunChanged);
    // The writer migrates an older file and marks what a crash interrupted; the benchmark comes after it.
    connect(databaseWorker_, &DatabaseWorker::opened, benchmarkWorker_, &BenchmarkWorker::open);
    benchmark_.replan();
}

/// Two measurements at once would spoil each other.
void Workbench::shareMachine() {
    const bool comparing = compare_.state() != CompareController::State::idle;
    const bool chatting = chat_.state() != ChatController::State::idle;
    const bool probing = roofline_.state() != RooflineController::State::idle;
    const auto firstOf = [](std::initializer_list<QString> reasons) {
        for (const auto& reason : reasons)
            if (!reason.isEmpty())
                return reason;
        return QString();
    };
    const QString answers = comparing  ? tr("Wait until the comparison has ended")
                            : chatting ? tr("Wait until the answer is written")
                                       : QString();
    const QString roofline = probing ? tr("Wait until the roofline is measured") : QString();
    const QString benchmark = benchmark_.busy() ? tr("Wait until the benchmark has ended") : QString();
    const QString rerun = results_.rerunning() ? tr("Wait until the run is measured again") : QString();
    const bool testing = system_->kernels().state() != KernelsController::State::idle;
    const QString kernels = testing ? tr("Wait until the kernels are tested") : QString();
    auto& quantize = models_->quantize();
    auto& finetune = models_->finetune();
    const QString training =
        finetune.busy() ? tr("Wait until the training has ended, or stop it") : QString();
    const QString quantizing = quantize.busy() ? tr("Wait until the variant is made") : training;
    system_->kernels().setOtherWork(firstOf({answers, roofline, rerun, benchmark, quantizing}));
    roofline_.setOtherWork(firstOf({answers, rerun, benchmark, kernels, quantizing}));
    compare_.setOtherWork(firstOf({roofline, rerun, benchmark, kernels, quantizing}));
    results_.setOtherWork(firstOf({answers, roofline, benchmark, kernels, quantizing}));
    benchmark_.setOtherWork(firstOf({answers, roofline, rerun, kernels, quantizing}));
    const QString measured = firstOf({comparing ? answers : QString(), roofline, rerun, benchmark, kernels});
    quantize.setOtherWork(firstOf({measured, training}));
    finetune.setOtherWork(firstOf({measured, quantize.busy() ? quantizing : QString()}));
}

Settings Workbench::currentSettings() {
    Settings now = settings_;
    now.lanes = compare_.lanes()->choices();
    now.compare = compare_.generation();
    now.chat = chat_.generation();
    now.chatModel = chat_.model();
    now.systemPrompt = chat_.systemPrompt();
    now.benchmark = benchmark_.kept();
    now.kernelMeasurement = roofline_.kept();
    now.models = models_->controller().kept();
    return now;
}

void Workbench::setLoadDefaults(const LoadDefaults& load) {
    settings_.loadDefaults = load;
    compare_.setLoadDefaults(load);
    chat_.setLoadDefaults(load);
}

void Workbench::setWindowSize(int width, int height) {
    settings_.width = width;
    settings_.height = height;
}

}  // namespace ui
