#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>

#include "engine/base/message_log.h"
#include "engine/benchmark/kernel_checks.h"
#include "tests/ui/open_window.h"
#include "ui/controllers/kernels_controller.h"
#include "ui/dialogs/diagnostics_dialog.h"
#include "ui/models/kernel_variant_model.h"
#include "ui/pages/system_page.h"
#include "ui/system_services.h"
#include "ui/theme.h"
#include "ui/translation.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/energy_card.h"
#include "ui/widgets/topology_view.h"
#include "ui/workers/kernel_worker.h"

using ui::KernelVariantModel;

/// The sections of the system page beside the roofline: topology, self-test, energy, database, messages.
class TestSystemSections : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        ui::installTranslation(QStringLiteral("en"));
        ui::Theme::instance().apply(ui::ThemeMode::light);
    }
    void init() { uitest::failOnWarning(); }
    void sectionsOpen();
    void topologyIsThisMachines();
    void selfTestAgreesHere();
    void selfTestStops();
    void failuresAreTold();
    void energyCommandOnlyWhereForbidden();
    void databaseIsCheckedAndBackedUp();
    void damageIsTold();
    void messagesAreShown();
    void diagnosticsAreReadBeforeTheyAreSaved();
    void testingForbidsOtherMeasurements();
};

namespace {

struct Page {
    Page() {
        QObject::connect(&services.kernels(), &ui::KernelsController::verifyRequested, &services,
                         [this](quint64 id) { runId = id; });
        page.resize(1216, 774);
        page.show();
    }
    template <class Widget>
    Widget* find(const char* name) {
        auto* found = page.findChild<Widget*>(QString::fromLatin1(name));
        if (found == nullptr)
            qFatal("the page has no %s", name);
        return found;
    }
    void click(const char* button) { QTest::mouseClick(find<QPushButton>(button), Qt::LeftButton); }
    ui::RooflineController roofline{QString()};
    ui::SystemServices services{QString()};
    ui::SystemPage page{roofline, services};
    quint64 runId = 0;
};

/// The first row of an op and variant.
int rowOf(const QAbstractItemModel* model, const QString& op, const QString& variant) {
    for (int row = 0; row < model->rowCount(); ++row)
        if (model->index(row, KernelVariantModel::opColumn).data() == op &&
            model->index(row, KernelVariantModel::variantColumn).data() == variant)
            return row;
    return -1;
}

/// Any variant that runs here and is not the reference.
engine::KernelListing usable() {
    for (const auto& entry : engine::listKernels())
        if (entry.available && entry.variant != "reference")
            return entry;
    return {};
}

}  // namespace

void TestSystemSections::sectionsOpen() {
    Page p;
    QVERIFY(p.find<QWidget>("topologyView")->isVisible());
    const std::pair<const char*, const char*> sections[] = {{"kernelsSectionButton", "kernelVariantTable"},
                                                            {"rooflineSectionButton", "rooflineCard"},
                                                            {"storageSectionButton", "logView"},
                                                            {"machineSectionButton", "energyCard"}};
    for (const auto& [button, content] : sections) {
        p.click(button);
        QVERIFY2(p.find<QWidget>(content)->isVisible(), content);
    }
    p.page.openSection("absent");
    QVERIFY(p.find<QWidget>("energyCard")->isVisible());
}

void TestSystemSections::topologyIsThisMachines() {
    Page p;
    auto* view = p.find<ui::TopologyView>("topologyView");
    QTRY_VERIFY(!view->boxes().empty());
    const auto threads = std::count_if(view->boxes().begin(), view->boxes().end(), [](const auto& box) {
        return box.kind == engine::TopologyPart::Kind::thread;
    });
    QCOMPARE(int(threads), engine::readSystemInfo().logicalCpus);
    QVERIFY(!p.find<QLabel>("topologySummary")->text().contains("(s)"));
}

void TestSystemSections::selfTestAgreesHere() {
    const auto variant = usable();
    if (variant.op.empty())
        QSKIP("this CPU has no variant but the reference");
    // One op stands for all: the checks themselves are tested with the kernels.
    ui::KernelWorker worker([&](std::stop_token stop, std::string_view op) {
        return op == variant.op
                   ? engine::verifyKernels(std::move(stop), op)
                   : engine::Result<std::vector<engine::KernelCheck>>(std::vector<engine::KernelCheck>());
    });
    std::vector<engine::KernelCheck> checks;
    int steps = 0;
    connect(&worker, &ui::KernelWorker::verified, this,
            [&](quint64, std::vector<engine::KernelCheck> found) { checks = std::move(found); });
    connect(&worker, &ui::KernelWorker::progressed, this, [&] { ++steps; });
    worker.verify(1, {});
    QVERIFY(!checks.empty());
    QVERIFY(steps > 5);
    KernelVariantModel model;
    const int row =
        rowOf(&model, QString::fromStdString(variant.op), QString::fromStdString(variant.variant));
    QVERIFY(row >= 0);
    QCOMPARE(model.test(row), KernelVariantModel::Test::none);
    model.setChecks(checks);
    QCOMPARE(model.test(row), KernelVariantModel::Test::passed);
    QVERIFY(model.index(row, KernelVariantModel::testColumn)
                .data()
                .toString()
                .startsWith(QString::fromUtf8("✓")));
}

void TestSystemSections::selfTestStops() {
    Page p;
    p.page.openSection("kernels");
    p.click("selfTestButton");
    QVERIFY(p.services.kernels().state() == ui::KernelsController::State::verifying);
    QVERIFY(p.find<QProgressBar>("selfTestProgress")->isVisible());
    p.click("selfTestButton");
    QCOMPARE(p.services.kernels().state(), ui::KernelsController::State::stopping);
    QTRY_COMPARE_WITH_TIMEOUT(p.services.kernels().state(), ui::KernelsController::State::idle, 120'000);
    QCOMPARE(p.find<QLabel>("selfTestMessage")->text(), QString("Stopped before its end"));
    QVERIFY(!p.find<QProgressBar>("selfTestProgress")->isVisible());
}

void TestSystemSections::failuresAreTold() {
    const auto variant = usable();
    if (variant.op.empty())
        QSKIP("this CPU has no variant but the reference");
    ui::KernelsController controller;
    controller.verify();
    engine::KernelCheck bad;
    bad.op = variant.op;
    bad.variant = variant.variant;
    bad.shape = "rows=7";
    bad.worstShare = 12.5;
    controller.onVerified(99, {bad});  // of another run
    QVERIFY(controller.checks().empty());
    controller.onVerified(1, {bad});
    QVERIFY(controller.messageIsWarning());
    KernelVariantModel model;
    model.setChecks(controller.checks());
    const int row =
        rowOf(&model, QString::fromStdString(variant.op), QString::fromStdString(variant.variant));
    QCOMPARE(model.test(row), KernelVariantModel::Test::failed);
    QCOMPARE(model.index(row, KernelVariantModel::reasonColumn).data().toString(),
             QString("rows=7: 12.5 times the tolerance"));
}

void TestSystemSections::energyCommandOnlyWhereForbidden() {
    Page p;
    ui::MachineState state;
    state.meters = {{"rapl", engine::Provenance::unavailable, false, "this machine has none"}};
    p.page.showMachine(state);
    QVERIFY(!p.find<QWidget>("energyCommand")->isVisible());
    state.meters[0].reason = "no permission to read /sys/class/powercap";
    p.page.showMachine(state);
    QVERIFY(p.find<QWidget>("energyCommand")->isVisible());
    p.click("energyCopyButton");
    const QString command = QGuiApplication::clipboard()->text();
    QCOMPARE(command, p.find<QLabel>("energyCommand")->text());
    const QString script = command.section('\'', 1, 1);
    QVERIFY2(QFileInfo(script).isFile() && script.endsWith("installer/allow-energy"), qPrintable(command));
}

void TestSystemSections::databaseIsCheckedAndBackedUp() {
    uitest::OpenWindow open;
    engine::ConversationRow row;
    row.title = "in the backup";
    row.createdAt = row.updatedAt = engine::utcNow();
    QVERIFY(open.store()->addConversation(row).has_value());
    open.window().openPage("system/storage");
    QTRY_VERIFY(!open.find<QLabel>("databaseSize")->text().isEmpty());
    QCOMPARE(open.find<QLabel>("databasePlace")->text(), open.path("anven.sqlite"));
    open.click("databaseCheckButton");
    auto* message = open.find<QLabel>("databaseMessage");
    QTRY_COMPARE(message->text(), QString("The database is intact"));
    auto& upkeep = open.workbench().system().upkeep();
    upkeep.backUp(open.path("copy.sqlite"));
    QTRY_VERIFY(message->text().contains(open.path("copy.sqlite")));
    const auto copy = engine::Store::open(open.path("copy.sqlite").toStdString());
    QCOMPARE((*copy)->conversations()->front().title, std::string("in the backup"));
    upkeep.backUp(open.path("anven.sqlite"));
    QTRY_VERIFY(message->text().contains("is the database itself"));
    QCOMPARE(message->property("tone").toString(), QString("warning"));
}

void TestSystemSections::damageIsTold() {
    ui::UpkeepController controller("/data/anven.sqlite");
    controller.check();
    controller.onChecked(1, {"row 3 missing from index message_conversation"});
    QVERIFY(controller.messageIsWarning());
    QVERIFY(controller.message().contains("row 3 missing"));
    controller.check();
    controller.onFailed(1, {engine::ErrorCode::io, "late"});
    QCOMPARE(controller.state(), ui::UpkeepController::State::checking);  // of the run before
}

void TestSystemSections::messagesAreShown() {
    Page p;
    engine::messageLog().add(engine::LogLevel::warning, "the disk is nearly full");
    p.page.openSection("storage");
    QVERIFY(p.find<QPlainTextEdit>("logView")->toPlainText().contains("warning: the disk is nearly full"));
}

void TestSystemSections::diagnosticsAreReadBeforeTheyAreSaved() {
    ui::Settings settings;
    settings.systemPrompt = "a secret instruction";
    settings.chatModel.model = QDir::homePath() + "/private-models/one.gguf";
    uitest::OpenWindow open(settings);
    open.workbench().chat().setDraft("a secret question");
    open.window().openPage("system/storage");
    open.click("diagnosticsButton");
    auto* dialog = open.find<ui::DiagnosticsDialog>("diagnosticsDialog");
    auto* text = dialog->findChild<QPlainTextEdit*>("diagnosticsText");
    QTRY_VERIFY(!text->toPlainText().isEmpty());
    QVERIFY(!text->toPlainText().contains("secret"));
    QVERIFY(!text->toPlainText().contains("private-models"));
    const auto json = QJsonDocument::fromJson(text->toPlainText().toUtf8()).object();
    QCOMPARE(json["settings"].toObject()["theme"].toString(), QString("system"));
    QVERIFY(json["kernel_variants"].toArray().size() > 10);
    dialog->findChild<QCheckBox*>("diagnosticsHomePaths")->click();
    QTRY_VERIFY(text->toPlainText().contains("private-models"));
    QVERIFY(!text->toPlainText().contains("secret"));
    QTest::mouseClick(dialog->findChild<QPushButton*>("diagnosticsCopy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), text->toPlainText());
}

void TestSystemSections::testingForbidsOtherMeasurements() {
    uitest::OpenWindow open;
    auto& kernels = open.workbench().system().kernels();
    disconnect(&kernels, &ui::KernelsController::verifyRequested, nullptr, nullptr);  // nothing is tested
    kernels.verify();
    open.workbench().compare().setPrompt("Why?");
    QCOMPARE(open.workbench().compare().whyNot(), QString("Wait until the kernels are tested"));
    QVERIFY(!open.workbench().roofline().whyNot().isEmpty());
    open.window().openPage("system/kernels");
    QTest::keyClick(&open.window(), Qt::Key_Escape);
    QCOMPARE(kernels.state(), ui::KernelsController::State::stopping);
    kernels.onFailed(1, {engine::ErrorCode::cancelled, "stopped"});
    QVERIFY(open.workbench().compare().whyNot().isEmpty());
}

QTEST_MAIN(TestSystemSections)
#include "tst_system_sections.moc"
