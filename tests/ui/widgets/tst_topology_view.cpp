#include <QtTest>

#include "tests/ui/open_window.h"
#include "ui/theme.h"
#include "ui/widgets/topology_view.h"

using Kind = engine::TopologyPart::Kind;

/// The picture of the CPU for machines of one core to 128 threads.
class TestTopologyView : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { ui::Theme::instance().apply(ui::ThemeMode::light); }
    void init() { uitest::failOnWarning(); }
    void everyPartHasItsPlace_data();
    void everyPartHasItsPlace();
    void boxesSayWhatTheyAre();
    void kindsOfCoresHaveNames();
    void arrowKeysTellEveryBox();
    void emptyViewIsQuiet();
};

namespace {

engine::CpuTopology made(const char* source) {
    auto topology = engine::readCpuTopology(source);
    if (!topology)
        qFatal("%s", topology.error().message.c_str());
    return *topology;
}

const char* const kDesktop =
    "pack:1 [numa(memory=8589934592)] l3:1(size=33554432) l2:4(size=524288) core:1 pu:2";

}  // namespace

void TestTopologyView::everyPartHasItsPlace_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("cores");
    QTest::addColumn<int>("threads");
    const std::pair<const char*, std::pair<int, int>> machines[] = {
        {"pack:1 core:1 pu:2", {1, 2}},
        {kDesktop, {4, 8}},
        {"pack:2 l3:4 l2:8 core:1 pu:2", {64, 128}},
        {"pack:1 l2:8 core:4 pu:4", {32, 128}}};
    for (const auto& [source, counts] : machines)
        for (const QSize size : {QSize(280, 130), QSize(1150, 380), QSize(1800, 700)})
            QTest::addRow("%s at %dx%d", source, size.width(), size.height())
                << QString(source) << size << counts.first << counts.second;
}

void TestTopologyView::everyPartHasItsPlace() {
    QFETCH(QString, source);
    QFETCH(QSize, size);
    const auto boxes = ui::layOutTopology(made(qPrintable(source)), QRectF(QPointF(), QSizeF(size)));
    QVector<const ui::TopologyBox*> threads;
    QVector<const ui::TopologyBox*> cores;
    for (const auto& box : boxes) {
        QVERIFY2(box.place.width() > 1 && box.place.height() > 1, qPrintable(box.text));
        QVERIFY(QRectF(QPointF(), QSizeF(size)).contains(box.place));
        if (box.kind == Kind::thread)
            threads << &box;
        if (box.kind == Kind::core)
            cores << &box;
    }
    QTEST(int(cores.size()), "cores");
    QTEST(int(threads.size()), "threads");
    for (const auto& same : {threads, cores})
        for (int i = 0; i < same.size(); ++i)
            for (int j = 0; j < i; ++j)
                QVERIFY(!same[i]->place.adjusted(0.01, 0.01, -0.01, -0.01).intersects(same[j]->place));
    for (const auto* thread : threads)
        QVERIFY(std::any_of(cores.begin(), cores.end(),
                            [&](const auto* core) { return core->place.contains(thread->place); }));
}

void TestTopologyView::boxesSayWhatTheyAre() {
    const auto boxes = ui::layOutTopology(made(kDesktop), QRectF(0, 0, 800, 300));
    QStringList texts;
    for (const auto& box : boxes)
        texts << box.text;
    QCOMPARE(texts.at(0), QString::fromUtf8("Package 0 · NUMA node 0, 8 GiB"));
    QCOMPARE(texts.at(1), QString("L3 cache, 32 MiB"));
    QVERIFY2(texts.contains(QString::fromUtf8("Core 1 · L2 512 KiB · hardware threads 2, 3")),
             qPrintable(texts.join('\n')));
    QVERIFY(texts.contains("Hardware thread 7"));
}

void TestTopologyView::kindsOfCoresHaveNames() {
    QCOMPARE(ui::coreKindName(1, 2), QString("performance"));
    QCOMPARE(ui::coreKindName(0, 2), QString("efficient"));
    QCOMPARE(ui::coreKindName(1, 3), QString("between"));
    QCOMPARE(ui::coreKindName(-1, 1), QString());
    auto topology = made("pack:1 core:4 pu:1");
    topology.coreKinds = 2;
    for (std::size_t i = 0; i < 4; ++i)
        topology.machine.parts[0].parts[i].coreKind = i < 1 ? 1 : 0;
    const auto summary = ui::topologySummary(topology);
    QVERIFY2(summary.contains("(1 performance, 3 efficient)"), qPrintable(summary));
}

void TestTopologyView::arrowKeysTellEveryBox() {
    ui::TopologyView view;
    view.resize(600, 180);
    view.show(made(kDesktop));
    static_cast<QWidget&>(view).show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.activateWindow();
    view.setFocus();
    QTRY_VERIFY(view.hasFocus());
    QVERIFY(view.accessibleDescription().contains("4 core"));
    QSignalSpy spy(&view, &ui::TopologyView::currentChanged);
    QStringList told;
    for (std::size_t i = 0; i < view.boxes().size(); ++i) {
        QTest::keyClick(&view, Qt::Key_Right);
        told << view.currentText();
        QCOMPARE(view.accessibleDescription(), view.currentText());
    }
    QStringList wanted;
    for (const auto& box : view.boxes())
        wanted << box.text;
    QCOMPARE(told, wanted);
    QCOMPARE(spy.size(), wanted.size());
    QTest::keyClick(&view, Qt::Key_Home);
    QCOMPARE(view.currentText(), wanted.first());
    const auto picture = view.grab().toImage();
    QTest::keyClick(&view, Qt::Key_End);
    QVERIFY(view.grab().toImage() != picture);  // the chosen box has a ring
}

void TestTopologyView::emptyViewIsQuiet() {
    ui::TopologyView view;
    view.resize(300, 200);
    view.grab();
    QTest::keyClick(&view, Qt::Key_Right);
    QVERIFY(view.currentText().isEmpty());
}

QTEST_MAIN(TestTopologyView)
#include "tst_topology_view.moc"
