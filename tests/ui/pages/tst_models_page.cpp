#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <csignal>
#include <numeric>

#include "engine/base/resources.h"
#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/pages/models_page.h"
#include "ui/widgets/histogram_view.h"
#include "ui/widgets/size_treemap.h"
#include "ui/widgets/squarify.h"

using ui::CrashGuard;
using ui::ModelListModel;

/// The models page: what is added, what is said of it, and what can be done with it.
class TestModelsPage : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void demoModelsAreListed();
    void droppedFilesSayExactlyWhyTheyFail();
    void droppedFolderOfModelsBecomesLines();
    void removingDeletesNothing();
    void verifyingIsKept();
    void tensorsSortAndFilter();
    void histogramFollowsTheChoice();
    void treemapIsWalkedByKeys();
    void memoryFollowsContextAndScheme();
    void actionsReachTheOtherPages();
    void listComesBackAtTheNextStart();
    void squaresTileTheirArea_data();
    void squaresTileTheirArea();
    void guardCountsCrashesInARow();
    void guardComesBackFromText();
    void modelThatCrashedTwiceIsNotTakenUp();
    void endedProcessIsACrash();
};

namespace {

ui::Settings onModels() {
    ui::Settings settings;
    settings.page = QStringLiteral("models");
    return settings;
}

void drop(uitest::OpenWindow& open, const QStringList& paths) {
    QMimeData mime;
    QList<QUrl> urls;
    for (const auto& path : paths)
        urls << QUrl::fromLocalFile(path);
    mime.setUrls(urls);
    auto* page = open.find<QTableView>("modelTable")->window()->findChild<ui::ModelsPage*>();
    QDragEnterEvent enter({50, 50}, Qt::CopyAction, &mime, Qt::LeftButton, {});
    QCoreApplication::sendEvent(page, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event({50, 50}, Qt::CopyAction, &mime, Qt::LeftButton, {});
    QCoreApplication::sendEvent(page, &event);
}

bool surveyed(uitest::OpenWindow& open) {
    auto* list = open.workbench().models().list();
    return QTest::qWaitFor(
        [list] {
            for (int at = 0; at < list->count(); ++at)
                if (!list->row(at).surveyed)
                    return false;
            return true;
        },
        20'000);
}

QString cell(uitest::OpenWindow& open, int row, int column, int role = Qt::DisplayRole) {
    return open.workbench().models().list()->index(row, column).data(role).toString();
}

}  // namespace

void TestModelsPage::demoModelsAreListed() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    QCOMPARE(open.workbench().models().list()->count(), 5);
    QCOMPARE(cell(open, 0, ModelListModel::schemeColumn), QString("BF16"));
    QCOMPARE(cell(open, 2, ModelListModel::schemeColumn), QString("SpinQuant"));
    QTRY_COMPARE(cell(open, 0, ModelListModel::fitColumn), QString("Fits"));
    QVERIFY(!open.find<QPushButton>("modelRemoveButton")->isEnabled());  // a demo model stays
    QVERIFY(open.find<QPushButton>("modelLoadButton")->isEnabled());
}

void TestModelsPage::droppedFilesSayExactlyWhyTheyFail() {
    uitest::OpenWindow open(onModels());
    QVERIFY(QDir().mkpath(open.path("alone")));
    QVERIFY(
        QFile::copy(QString::fromStdString(engine::resourcePath("demo/bf16/consolidated.00.pth").string()),
                    open.path("alone/consolidated.00.pth")));
    QFile web(open.path("page.gguf"));
    QVERIFY(web.open(QIODevice::WriteOnly));
    web.write("<html><b>not a model</b></html>");
    web.close();
    const QString damaged = uitest::damagedModel(open.path({}));
    drop(open, {open.path("alone"), web.fileName(), damaged});
    auto* list = open.workbench().models().list();
    QTRY_COMPARE(list->count(), 8);
    QVERIFY(surveyed(open));
    for (const auto& path : {open.path("alone"), web.fileName(), damaged}) {
        const int row = list->find(path);
        QVERIFY2(row >= 0, qPrintable(path));
        const auto expected = engine::Checkpoint::open(path.toStdString());
        QVERIFY(!expected);
        QCOMPARE(cell(open, row, ModelListModel::nameColumn, ModelListModel::detailRole),
                 QString::fromStdString(expected.error().message));
        QCOMPARE(cell(open, row, ModelListModel::fitColumn), QString("Does not open"));
        open.find<QTableView>("modelTable")->selectRow(row);
        QVERIFY(!open.find<QPushButton>("modelLoadButton")->isEnabled());
        QCOMPARE(open.find<QPushButton>("modelLoadButton")->toolTip(),
                 QString::fromStdString(expected.error().message));
        QVERIFY(!open.find<QPushButton>("modelTensorTab")->isEnabled());
        QVERIFY(open.find<QLabel>("modelProblems")
                    ->text()
                    .contains(QString::fromStdString(expected.error().message).toHtmlEscaped()));
    }
    open.find<QTableView>("modelTable")->selectRow(list->find(open.path("alone")));
    QVERIFY(open.find<QLabel>("modelProblems")->text().contains("Choose the folder that holds params.json"));
}

void TestModelsPage::droppedFolderOfModelsBecomesLines() {
    uitest::OpenWindow open(onModels());
    const auto demo = QString::fromStdString(engine::resourcePath("demo").string());
    drop(open, {demo});
    auto* list = open.workbench().models().list();
    QTRY_COMPARE(list->count(), 10);
    QVERIFY(surveyed(open));
    QVERIFY(list->row(list->find(demo + "/spinquant")).opens());
    drop(open, {demo});  // once more: they are there already
    QTRY_VERIFY(open.find<QLabel>("modelsMessage")->text().contains("Already"));
    QCOMPARE(list->count(), 10);
}

void TestModelsPage::removingDeletesNothing() {
    uitest::OpenWindow open(onModels());
    const QString damaged = uitest::damagedModel(open.path({}));
    open.workbench().models().add({damaged});
    QTRY_COMPARE(open.workbench().models().list()->count(), 6);
    QVERIFY(surveyed(open));
    open.click("modelRemoveButton");  // what was added last is chosen
    QCOMPARE(open.workbench().models().list()->count(), 5);
    QVERIFY(QFile::exists(damaged + "/consolidated.00.pth"));
    QVERIFY(QFile::exists(damaged + "/params.json"));
}

void TestModelsPage::verifyingIsKept() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    open.find<QTableView>("modelTable")->selectRow(1);
    QSignalSpy keeping(&open.workbench(), &ui::Workbench::settingsWorthKeeping);
    open.click("modelVerifyButton");
    auto* list = open.workbench().models().list();
    QTRY_COMPARE(list->row(1).state, engine::VerificationState::recorded);
    QVERIFY(!keeping.isEmpty());
    QFile file(QString::fromStdString(list->row(1).surveyed->survey.files.front().string()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto expected = QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex();
    QCOMPARE(list->row(1).verification.files.front().sha256, expected.toStdString());
    QVERIFY(cell(open, 1, ModelListModel::verifiedColumn, Qt::ToolTipRole).contains(expected));
    const auto settings = open.workbench().currentSettings();
    settings.save(open.path("kept.ini"));
    open.reopen(ui::Settings::load(open.path("kept.ini")));
    QCOMPARE(cell(open, 1, ModelListModel::verifiedColumn), QString("Recorded"));
    QCOMPARE(cell(open, 1, ModelListModel::verifiedColumn, ModelListModel::detailRole),
             QString(expected.left(12)));
}

void TestModelsPage::tensorsSortAndFilter() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    open.click("modelTensorTab");
    auto* table = open.find<QTableView>("tensorTable");
    const auto tensors = open.workbench().models().list()->row(0).surveyed->survey.tensors;
    QCOMPARE(table->model()->rowCount(), int(tensors.size()));
    table->sortByColumn(3, Qt::DescendingOrder);
    const auto largest = std::max_element(tensors.begin(), tensors.end(),
                                          [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    const QString first = table->model()->index(0, 0).data().toString();
    QCOMPARE(std::find_if(tensors.begin(), tensors.end(),
                          [&](const auto& t) { return t.name == first.toStdString(); })
                 ->bytes,
             largest->bytes);
    open.find<QLineEdit>("tensorFilter")->setText("WQ");
    QCOMPARE(table->model()->rowCount(),
             int(open.workbench().models().list()->row(0).surveyed->survey.config.nLayers));
    open.find<QLineEdit>("tensorFilter")->setText("no such tensor");
    QCOMPARE(table->model()->rowCount(), 0);
}

void TestModelsPage::histogramFollowsTheChoice() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    open.find<QTableView>("modelTable")->selectRow(2);
    open.click("modelTensorTab");
    open.find<QLineEdit>("tensorFilter")->setText("layers.0.attention.wq.weight");
    auto* view = open.find<ui::HistogramView>("tensorHistogram");
    open.find<QTableView>("tensorTable")->selectRow(0);
    QTRY_VERIFY(view->histogram().has_value());
    QVERIFY(view->histogram()->high < 5.0);  // weights, not codes
    open.click("storedValuesButton");
    QTRY_VERIFY(view->histogram().has_value() && view->histogram()->binWidth() == 1.0);
    open.find<QLineEdit>("tensorFilter")->setText("attention_norm");
    open.find<QTableView>("tensorTable")->selectRow(0);
    QTRY_VERIFY(view->histogram().has_value());
    QVERIFY(!open.find<QPushButton>("storedValuesButton")->isEnabled());  // floats have no codes
}

void TestModelsPage::treemapIsWalkedByKeys() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    open.click("modelMapTab");
    auto* map = open.find<ui::SizeTreemap>("modelTreemap");
    QCOMPARE(map->cellCount(), int(open.workbench().models().list()->row(0).surveyed->survey.tensors.size()));
    map->setFocus();
    QSignalSpy chosen(map, &ui::SizeTreemap::chosen);
    const auto before = map->cellRect(map->current());
    QTest::keyClick(map, Qt::Key_Right);
    QVERIFY(map->cellRect(map->current()).center().x() > before.center().x());
    QTest::keyClick(map, Qt::Key_Left);
    const QString name = map->cellName(map->current());
    QTest::keyClick(map, Qt::Key_Return);
    QCOMPARE(chosen.at(0).at(0).toString(), name);
    auto* table = open.find<QTableView>("tensorTable");
    QVERIFY(table->isVisible());
    QCOMPARE(table->selectionModel()->selectedRows().value(0).data().toString(), name);
}

void TestModelsPage::memoryFollowsContextAndScheme() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    auto& models = open.workbench().models();
    const auto kv = [&] { return models.list()->row(0).fit->kvCache; };
    models.setContext(128);
    const auto small = kv();
    models.setContext(256);
    QCOMPARE(kv(), 2 * small);
    models.setKv("f32");
    QCOMPARE(kv(), 4 * small);
    models.setAvailable(1000);
    QCOMPARE(cell(open, 0, ModelListModel::fitColumn), QString("Too large"));
    QCOMPARE(models.kept().kv, QString("f32"));
}

void TestModelsPage::actionsReachTheOtherPages() {
    uitest::OpenWindow open(onModels());
    QVERIFY(surveyed(open));
    open.find<QTableView>("modelTable")->selectRow(2);
    open.click("modelBenchmarkButton");
    QCOMPARE(open.window().page(), QString("benchmark"));
    QCOMPARE(open.workbench().benchmark().models(), QStringList("demo:spinquant"));
    open.window().openPage("models");
    open.click("modelLoadButton");
    QCOMPARE(open.window().page(), QString("chat"));
    QCOMPARE(open.workbench().chat().model().model, QString("demo:spinquant"));
    open.window().openPage("models");
    open.click("modelCompareButton");
    QCOMPARE(open.window().page(), QString("compare"));
    QCOMPARE(open.workbench().compare().lanes()->count(), 4);
}

void TestModelsPage::listComesBackAtTheNextStart() {
    uitest::OpenWindow open(onModels());
    const QString damaged = uitest::damagedModel(open.path({}));
    open.workbench().models().add({damaged});
    QTRY_COMPARE(open.workbench().models().list()->count(), 6);
    open.workbench().models().setContext(32768);
    open.workbench().currentSettings().save(open.path("kept.ini"));
    const auto settings = ui::Settings::load(open.path("kept.ini"));
    QCOMPARE(settings.models, open.workbench().models().kept());
    open.reopen(settings);
    QVERIFY(open.workbench().models().list()->find(damaged) >= 0);
    QCOMPARE(open.find<QComboBox>("fitContext")->currentData().toInt(), 32768);
}

void TestModelsPage::squaresTileTheirArea_data() {
    QTest::addColumn<QVector<double>>("sizes");
    QTest::newRow("paper") << QVector<double>{6, 6, 4, 3, 2, 2, 1};
    QTest::newRow("one") << QVector<double>{5};
    QTest::newRow("very unequal") << QVector<double>{1e9, 1e3, 1, 1, 1};
    QTest::newRow("with nothing") << QVector<double>{3, 1, 0};
    QTest::newRow("many") << QVector<double>(200, 1.0);
}

void TestModelsPage::squaresTileTheirArea() {
    QFETCH(QVector<double>, sizes);
    const QRectF area(10, 20, 600, 400);
    const auto rects = ui::squarify(area, {sizes.begin(), sizes.end()});
    const double total = std::accumulate(sizes.begin(), sizes.end(), 0.0);
    QCOMPARE(rects.size(), std::size_t(sizes.size()));
    const QRectF tolerant = area.adjusted(-1e-6, -1e-6, 1e-6, 1e-6);
    for (std::size_t i = 0; i < rects.size(); ++i) {
        const double wanted = sizes[int(i)] / total * area.width() * area.height();
        QVERIFY(std::abs(rects[i].width() * rects[i].height() - wanted) < 1e-3);
        QVERIFY(rects[i].isEmpty() || tolerant.contains(rects[i]));
        for (std::size_t j = 0; j < i; ++j) {
            const auto common = rects[i].intersected(rects[j]);
            QVERIFY(common.width() < 1e-6 || common.height() < 1e-6);
        }
    }
    QVERIFY(ui::squarify(area, {}).empty());
    QVERIFY(ui::squarify({}, {1.0}).front().isEmpty());
}

void TestModelsPage::guardCountsCrashesInARow() {
    CrashGuard guard;
    guard.began("m");
    guard.crashed("m");
    QVERIFY(guard.mayLoadByItself("m"));
    guard.began("m");
    guard.ended("m");  // well: what was before does not count
    guard.crashed("m");
    QVERIFY(guard.mayLoadByItself("m"));
    guard.began("m");
    guard.abandoned("m");  // an error with a reason: neither
    guard.crashed("m");
    QVERIFY(!guard.mayLoadByItself("m"));
    QVERIFY(guard.mayLoadByItself("another"));
    guard.forgive("m");
    QVERIFY(guard.mayLoadByItself("m"));
}

void TestModelsPage::guardComesBackFromText() {
    CrashGuard guard;
    guard.began("m");  // and the program ends here
    CrashGuard next = CrashGuard::fromText(guard.toText());
    QCOMPARE(next, guard);
    next.programStarted();
    QCOMPARE(next.crashes("m"), 1);
    next.began("m");
    next.programEnds();  // as it should
    CrashGuard third = CrashGuard::fromText(next.toText());
    third.programStarted();
    QCOMPARE(third.crashes("m"), 1);
    for (const char* nonsense : {"", "{", "[1]", "{\"crashes\":{\"m\":-4}}", "{\"in_use\":[3,\"\"]}"})
        QCOMPARE(CrashGuard::fromText(nonsense), CrashGuard());
}

void TestModelsPage::modelThatCrashedTwiceIsNotTakenUp() {
    CrashGuard guard;
    guard.crashed("/models/bad.gguf");
    guard.began("/models/bad.gguf");  // the second time the window went with it
    auto settings = onModels();
    settings.chatModel.model = "/models/bad.gguf";
    settings.models.crashGuard = guard.toText();
    uitest::OpenWindow open(settings);
    QCOMPARE(open.workbench().chat().model().model, ui::Settings{}.chatModel.model);
    const int row = open.workbench().models().list()->find("/models/bad.gguf");
    QVERIFY(row >= 0);
    QCOMPARE(open.workbench().models().list()->row(row).crashes, 2);
    QVERIFY(open.find<QLabel>("modelsMessage")->text().contains("bad.gguf crashed 2 times in a row"));
    // Once in a row is not enough.
    CrashGuard once;
    once.crashed("/models/bad.gguf");
    settings.models.crashGuard = once.toText();
    open.reopen(settings);
    QCOMPARE(open.workbench().chat().model().model, QString("/models/bad.gguf"));
}

void TestModelsPage::endedProcessIsACrash() {
    uitest::OpenWindow open;
    auto& chat = open.workbench().chat();
    const auto endless = uitest::endlessModel(open.path({}));
    chat.setModel(endless);
    chat.setGeneration(uitest::endlessGeneration());
    chat.setDraft("go on");
    chat.send();
    QTRY_COMPARE_WITH_TIMEOUT(chat.state(), ui::ChatController::State::answering, 30'000);
    QTRY_VERIFY(!uitest::workerProcesses().isEmpty());
    for (const auto process : uitest::workerProcesses())
        QCOMPARE(::kill(pid_t(process), SIGKILL), 0);
    QTRY_COMPARE_WITH_TIMEOUT(chat.state(), ui::ChatController::State::idle, 30'000);
    QTRY_COMPARE(open.workbench().models().guard().crashes(endless.model), 1);
    chat.setModel({"demo:bf16"});
    chat.setGeneration({.maxTokens = 4});
    chat.setDraft("Hello");
    chat.send();
    QTRY_COMPARE_WITH_TIMEOUT(chat.state(), ui::ChatController::State::idle, 30'000);
    QCOMPARE(open.workbench().models().guard().crashes("demo:bf16"), 0);
    QCOMPARE(open.workbench().models().guard().crashes(endless.model), 1);
}

QTEST_MAIN(TestModelsPage)
#include "tst_models_page.moc"
