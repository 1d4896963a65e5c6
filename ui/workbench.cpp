#include "ui/workbench.h"

#include <QTimer>

#include "ui/model_services.h"
#include "ui/workers/chat_worker.h"
#include "ui/workers/compare_worker.h"
#include "ui/workers/database_worker.h"
#include "ui/workers/prompt_worker.h"
#include "ui/workers/report_worker.h"
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
      compareWorker_(new CompareWorker),
      chatWorker_(new ChatWorker),
      promptWorker_(new PromptWorker),
      databaseWorker_(new DatabaseWorker),
      reportWorker_(new ReportWorker),
      systemWorker_(new SystemWorker),
      rooflineWorker_(new RooflineWorker) {
    startThread(compareThread_, compareWorker_, "compare");
    startThread(chatThread_, chatWorker_, "chat");
    startThread(promptThread_, promptWorker_, "prompt");
    startThread(databaseThread_, databaseWorker_, "database");
    startThread(reportThread_, reportWorker_, "report");
    startThread(systemThread_, systemWorker_, "system");
    startThread(rooflineThread_, rooflineWorker_, "roofline");
    connectCompare();
    connectChat();
    connectResults();
    connectRoofline();
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
    // The database ends last but one, so that what the others report on their way out is still written.
    QObject* const workers[] = {compareWorker_,  chatWorker_,     promptWorker_, systemWorker_,
                                rooflineWorker_, databaseWorker_, reportWorker_};
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
    connect(compareWorker_, &CompareWorker::finished, &compare_, &CompareController::onFinished);
    connect(compareWorker_, &CompareWorker::failed, &compare_, &CompareController::onFailed);

    connect(compareWorker_, &CompareWorker::began, databaseWorker_, &DatabaseWorker::comparisonBegan);
    connect(compareWorker_, &CompareWorker::laneLoaded, databaseWorker_,
            &DatabaseWorker::comparisonLaneLoaded);
    connect(compareWorker_, &CompareWorker::laneFinished, databaseWorker_,
            &DatabaseWorker::comparisonLaneFinished);
    connect(compareWorker_, &CompareWorker::agreementKnown, databaseWorker_,
            &DatabaseWorker::comparisonAgreement);
    connect(compareWorker_, &CompareWorker::finished, databaseWorker_, &DatabaseWorker::comparisonFinished);
    connect(compareWorker_, &CompareWorker::failed, databaseWorker_, &DatabaseWorker::comparisonFailed);
    connect(databaseWorker_, &DatabaseWorker::runChanged, &compare_, &CompareController::onRunChanged);

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

void Workbench::connectRoofline() {
    connect(&roofline_, &RooflineController::runRequested, rooflineWorker_, &RooflineWorker::run);
    connect(rooflineWorker_, &RooflineWorker::progressed, &roofline_, &RooflineController::onProgressed);
    connect(rooflineWorker_, &RooflineWorker::finished, &roofline_, &RooflineController::onFinished);
    connect(rooflineWorker_, &RooflineWorker::failed, &roofline_, &RooflineController::onFailed);
    connect(&roofline_, &RooflineController::measured, this, &Workbench::settingsWorthKeeping);

    // Two measurements at once would spoil each other.
    const auto shareMachine = [this] {
        roofline_.setOtherWork(
            compare_.state() != CompareController::State::idle ? tr("Wait until the comparison has ended")
            : chat_.state() != ChatController::State::idle     ? tr("Wait until the answer is written")
                                                               : QString());
        compare_.setOtherWork(roofline_.state() != RooflineController::State::idle
                                  ? tr("Wait until the roofline is measured")
                                  : QString());
    };
    connect(&compare_, &CompareController::stateChanged, this, shareMachine);
    connect(&chat_, &ChatController::stateChanged, this, shareMachine);
    connect(&roofline_, &RooflineController::changed, this, shareMachine);
}

Settings Workbench::currentSettings() {
    Settings now = settings_;
    now.lanes = compare_.lanes()->choices();
    now.compare = compare_.generation();
    now.chat = chat_.generation();
    now.chatModel = chat_.model();
    now.systemPrompt = chat_.systemPrompt();
    now.kernelMeasurement = roofline_.kept();
    now.models = models_->controller().kept();
    return now;
}

void Workbench::setWindowSize(int width, int height) {
    settings_.width = width;
    settings_.height = height;
}

}  // namespace ui
