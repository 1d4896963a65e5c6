#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <filesystem>
#include <memory>

#include "ui/controllers/benchmark_controller.h"
#include "ui/controllers/chat_controller.h"
#include "ui/controllers/compare_controller.h"
#include "ui/controllers/results_controller.h"
#include "ui/controllers/roofline_controller.h"
#include "ui/settings.h"
#include "ui/workers/system_worker.h"

namespace ui {

class ChatWorker;
class CompareWorker;
class DatabaseWorker;
class PromptWorker;
class FinetuneController;
class QuantizeController;
class ModelServices;
class ModelsController;
class ReportWorker;
class RerunWorker;
class RooflineWorker;
class SystemServices;

/// Everything behind the window: the controllers, which live on the window's thread, and the workers, each on
/// its own. Destroying it stops what runs, writes what waits and joins the threads.
class Workbench : public QObject {
    Q_OBJECT

public:
    /// `worker`: the `anven` executable that holds models; empty = the default place.
    Workbench(const Settings& settings, QString database, std::filesystem::path worker = {});
    ~Workbench() override;

    CompareController& compare() { return compare_; }
    BenchmarkController& benchmark() { return benchmark_; }
    ChatController& chat() { return chat_; }
    ResultsController& results() { return results_; }
    RooflineController& roofline() { return roofline_; }
    ModelsController& models();
    QuantizeController& quantize();
    FinetuneController& finetune();
    SystemServices& system() { return *system_; }
    const QString& database() const { return database_; }
    /// Settings as they are now, controllers' choices included.
    Settings currentSettings();
    void setTheme(ThemeMode mode) { settings_.theme = mode; }
    /// Of texts, from the next start on.
    void setLanguage(const QString& language) { settings_.language = language; }
    void setLoadDefaults(const LoadDefaults& load);
    void setPage(const QString& page) { settings_.page = page; }
    void setWindowSize(int width, int height);
    const Settings& settings() const { return settings_; }

signals:
    void databaseOpened(QString file);
    void databaseFailed(QString message);
    void machineRead(ui::MachineState state);
    void readMachineRequested();
    /// Something was measured that must outlive a crash: the settings are to be written now.
    void settingsWorthKeeping();

private:
    void startThread(QThread& thread, QObject* worker, const char* name);
    void connectCompare();
    void connectChat();
    void connectResults();
    void connectRerun();
    void connectRoofline();
    void connectBenchmark();
    void shareMachine();

    Settings settings_;
    QString database_;
    CompareController compare_;
    ChatController chat_;
    BenchmarkController benchmark_;
    ResultsController results_;
    RooflineController roofline_;
    std::unique_ptr<ModelServices> models_;
    std::unique_ptr<SystemServices> system_;
    CompareWorker* compareWorker_;
    ChatWorker* chatWorker_;
    PromptWorker* promptWorker_;
    DatabaseWorker* databaseWorker_;
    ReportWorker* reportWorker_;
    RerunWorker* rerunWorker_;
    SystemWorker* systemWorker_;
    RooflineWorker* rooflineWorker_;
    BenchmarkWorker* benchmarkWorker_;
    QThread compareThread_, chatThread_, promptThread_, databaseThread_, reportThread_, rerunThread_,
        systemThread_, rooflineThread_, benchmarkThread_;
};

}  // namespace ui
