#include "ui/widgets/plot_card.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/plots/lane_bars.h"
#include "ui/plots/metric_bars.h"
#include "ui/plots/results_plot.h"
#include "ui/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

using engine::PlotKind;

constexpr int kOverview = -1;
constexpr int kOverviewHeight = 176;
constexpr int kLargeHeight = 250;
const char* const kPlotted[] = {"decode_tokens_per_s", "ttft_ms", "peak_rss_bytes", "joules_per_token"};

QString labelOf(const std::string& metric) {
    const auto label = engine::metricInfo(metric).label;
    return QString::fromUtf8(label.data(), static_cast<qsizetype>(label.size()));
}

}  // namespace

PlotCard::PlotCard(QWidget* parent) : QWidget(parent), stack_(new QStackedWidget) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(buildTools());
    stack_->addWidget(buildOverview());
    stack_->addWidget(buildLarge());
    column->addWidget(stack_, 1);
    connect(&Theme::instance(), &Theme::changed, this, &PlotCard::show);
    show();
}

QComboBox* PlotCard::addChoice(QHBoxLayout* line, const QString& objectName, const QString& name, int width) {
    auto* box = new QComboBox;
    box->setObjectName(objectName);
    box->setAccessibleName(name);
    box->setToolTip(name);
    box->setFixedWidth(width);
    line->addWidget(box);
    connect(box, &QComboBox::activated, this, &PlotCard::show);
    return box;
}

QWidget* PlotCard::buildTools() {
    auto* tools = new QWidget;
    auto* line = new QHBoxLayout(tools);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    kinds_ = new QButtonGroup(this);
    const QPair<QString, int> kinds[] = {{tr("Overview"), kOverview},
                                         {tr("Bars"), static_cast<int>(PlotKind::bars)},
                                         {tr("Boxes"), static_cast<int>(PlotKind::box)},
                                         {tr("Time"), static_cast<int>(PlotKind::timeSeries)},
                                         {tr("Sweep"), static_cast<int>(PlotKind::sweep)},
                                         {tr("Trade-off"), static_cast<int>(PlotKind::pareto)}};
    for (const auto& [label, kind] : kinds) {
        auto* button = makeButton(label, QStringLiteral("plotKind%1").arg(kind + 1), {});
        button->setCheckable(true);
        button->setProperty("kind", "segment");
        button->setChecked(kind == kOverview);
        kinds_->addButton(button, kind + 1);
        line->addWidget(button);
    }
    connect(kinds_, &QButtonGroup::idClicked, this, &PlotCard::show);
    line->addStretch(1);
    metric_ = addChoice(line, QStringLiteral("plotMetric"), tr("What is shown"), 142);
    axis_ = addChoice(line, QStringLiteral("plotAxis"), tr("What the sweep goes over"), 112);
    axis_->addItems({tr("by depth"), tr("by prompt"), tr("by answer"), tr("by threads")});
    against_ = addChoice(line, QStringLiteral("plotAgainst"), tr("Against what"), 142);
    size_ = addChoice(line, QStringLiteral("plotSize"), tr("What the size of a point says"), 120);
    group_ = addChoice(line, QStringLiteral("plotGroup"), tr("What makes a series"), 112);
    group_->addItems({tr("by lane"), tr("by variant"), tr("by model"), tr("by kernels"), tr("by threads"),
                      tr("by host"), tr("by run")});
    group_->setCurrentIndex(static_cast<int>(engine::PlotGroup::variant));
    log_ = new QCheckBox(tr("log"));
    log_->setObjectName(QStringLiteral("plotLog"));
    log_->setAccessibleName(tr("Logarithmic value axis"));
    log_->setToolTip(tr("Logarithmic value axis"));
    connect(log_, &QCheckBox::toggled, this, &PlotCard::show);
    line->addWidget(log_);
    line->addWidget(buildSaveButton());
    return tools;
}

QWidget* PlotCard::buildSaveButton() {
    save_ = makeButton(tr("Save ▾"), QStringLiteral("plotSave"), tr("Writes the plot as a picture"));
    save_->setAccessibleName(tr("Save plot"));
    auto* menu = new QMenu(save_);
    for (const char* format : {"png", "svg", "pdf"}) {
        const QString name = QString::fromLatin1(format);
        auto* action = menu->addAction(tr("%1…").arg(name.toUpper()), this, [this, name] { save(name); });
        action->setObjectName(QStringLiteral("plotSave_") + name);
    }
    save_->setMenu(menu);
    return save_;
}

QWidget* PlotCard::buildOverview() {
    auto* overview = new QWidget;
    auto* line = new QHBoxLayout(overview);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    for (const char* metric : kPlotted) {
        bars_.push_back(new MetricBars(QStringLiteral("plot_") + QLatin1String(metric)));
        line->addWidget(bars_.back(), 1);
    }
    return overview;
}

QWidget* PlotCard::buildLarge() {
    auto* card = new Card;
    title_ = new ElidedLabel;
    title_->setObjectName(QStringLiteral("plotTitle"));
    setStyleProperty(title_, "tone", "heading");
    note_ = new ElidedLabel;
    note_->setObjectName(QStringLiteral("plotNote"));
    setStyleProperty(note_, "tone", "small");
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    reason_ = new QLabel;
    reason_->setObjectName(QStringLiteral("plotReason"));
    reason_->setAlignment(Qt::AlignCenter);
    reason_->setWordWrap(true);
    setStyleProperty(reason_, "tone", "mute");
    plot_ = new ResultsPlot;
    connect(plot_, &ResultsPlot::samplesWanted, this, &PlotCard::samplesWanted);
    auto* head = new QHBoxLayout;
    head->addWidget(title_);
    head->addWidget(note_, 1);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(plot_, 1);
    column->addWidget(reason_, 1);
    return card;
}

int PlotCard::kind() const {
    return kinds_->checkedId() - 1;
}

void PlotCard::setLanes(std::vector<engine::LaneOfRun> lanes) {
    lanes_ = std::move(lanes);
    fillMetrics();
    show();
}

void PlotCard::fillMetrics() {
    auto metrics = engine::measuredMetrics(lanes_);
    if (metrics.empty())
        metrics = {kPlotted[0], kPlotted[2]};
    const auto fill = [&](QComboBox* box, const char* usual, bool optional) {
        const QString now =
            box->currentIndex() >= 0 ? box->currentData().toString() : QString::fromLatin1(usual);
        box->clear();
        if (optional)
            box->addItem(tr("equal points"), QString());
        for (const auto& metric : metrics)
            box->addItem(labelOf(metric), QString::fromStdString(metric));
        const int at = box->findData(now);
        box->setCurrentIndex(std::max(0, at >= 0 ? at : box->findData(QString::fromLatin1(usual))));
    };
    fill(metric_, kPlotted[0], false);
    fill(against_, kPlotted[2], false);
    fill(size_, "", true);
}

void PlotCard::show() {
    const int chosen = kind();
    const bool overview = chosen == kOverview;
    stack_->setCurrentIndex(overview ? 0 : 1);
    stack_->setFixedHeight(overview ? kOverviewHeight : kLargeHeight);
    metric_->setVisible(!overview);
    group_->setVisible(!overview && chosen > static_cast<int>(PlotKind::box));
    axis_->setVisible(chosen == static_cast<int>(PlotKind::sweep));
    against_->setVisible(chosen == static_cast<int>(PlotKind::pareto));
    size_->setVisible(chosen == static_cast<int>(PlotKind::pareto));
    log_->setVisible(!overview);
    save_->setVisible(!overview);
    if (overview) {
        std::vector<const engine::LaneReport*> lanes;
        for (const auto& at : lanes_)
            lanes.push_back(at.lane);
        for (int i = 0; i < bars_.size(); ++i)
            showLanes(*bars_[i], kPlotted[i], lanes);
        return;
    }
    engine::PlotQuestion question;
    question.kind = static_cast<PlotKind>(chosen);
    question.metric = metric_->currentData().toString().toStdString();
    question.against = against_->currentData().toString().toStdString();
    question.size = size_->currentData().toString().toStdString();
    question.axis = static_cast<engine::SweepAxis>(axis_->currentIndex());
    question.group = static_cast<engine::PlotGroup>(group_->currentIndex());
    auto plotted = engine::makePlot(question, lanes_);
    title_->setText(QString::fromStdString(plotted.title));
    QStringList notes{QString::fromStdString(plotted.note)};
    for (const auto& warning : plotted.warnings)
        notes.prepend(tr("⚠ %1").arg(QString::fromStdString(warning)));
    note_->setText(notes.join(QStringLiteral(" · ")));
    setStyleProperty(note_, "tone", plotted.warnings.empty() ? "small" : "bad");
    reason_->setText(QString::fromStdString(plotted.reason));
    reason_->setVisible(!plotted.reason.empty());
    plot_->setVisible(plotted.reason.empty());
    save_->setEnabled(plotted.reason.empty());
    plot_->setData(question.kind, std::move(plotted), log_->isChecked());
}

void PlotCard::save(const QString& format) {
    QString file = QFileDialog::getSaveFileName(this, tr("Save plot"), QStringLiteral("anven-plot.") + format,
                                                QStringLiteral("*.") + format);
    if (file.isEmpty())
        return;
    if (!file.endsWith(QLatin1Char('.') + format))
        file += QLatin1Char('.') + format;
    if (plot_->saveTo(file))
        emit said(tr("Wrote %1").arg(file), false);
    else
        emit said(tr("%1 cannot be written; check the folder and its permissions").arg(file), true);
}

}  // namespace ui
