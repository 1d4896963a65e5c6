#include "ui/widgets/model_overview.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/models/model_texts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/fit_bar.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kFactColumns = 3;
constexpr int kFactShare = 3;  // of the width, beside 2 for memory and problems

QString whole(std::int64_t value) {
    return value > 0 ? QLocale().toString(qlonglong{value}) : QStringLiteral("–");
}

QString ropeText(const engine::RopeConfig& rope) {
    const QString theta = QString::fromStdString(engine::formatNumber(rope.theta));
    if (rope.scaling)
        return ModelOverview::tr("θ %1, scaled ×%2")
            .arg(theta)
            .arg(static_cast<double>(rope.scaling->factor));
    return rope.frequencyDivisors.empty() ? ModelOverview::tr("θ %1").arg(theta)
                                          : ModelOverview::tr("θ %1, scaled per frequency").arg(theta);
}

using Facts = QVector<std::pair<QString, QString>>;

void addVision(const engine::VisionConfig& v, Facts& facts) {
    facts.push_back({ModelOverview::tr("Pictures"),
                     ModelOverview::tr("up to %1 tiles of %2 × %2 pixels").arg(v.maxTiles).arg(v.tileSize)});
    facts.push_back({ModelOverview::tr("Image tokens"), ModelOverview::tr("%1 a tile, patches of %2 pixels")
                                                            .arg(whole(v.tokensPerTile()))
                                                            .arg(v.patchSize)});
    facts.push_back(
        {ModelOverview::tr("Image encoder"),
         ModelOverview::tr("%1 + %2 layers, width %3").arg(v.nLayers).arg(v.nGlobalLayers).arg(v.width)});
    facts.push_back({ModelOverview::tr("Cross-attention"),
                     ModelOverview::tr("%n layer(s)", nullptr, static_cast<int>(v.nCrossLayers()))});
}

Facts factsOf(const engine::ModelSurvey& survey) {
    const auto& c = survey.config;
    Facts facts{
        {ModelOverview::tr("Architecture"), QString::fromStdString(c.architecture)},
        {ModelOverview::tr("Weights"),
         ModelOverview::tr("%1 at %2 bits")
             .arg(countText(survey.parameters),
                  QString::fromStdString(engine::formatNumber(survey.bitsPerWeight)))},
        {ModelOverview::tr("Context"), ModelOverview::tr("%1 tokens").arg(whole(c.contextLength))},
        {ModelOverview::tr("Layers"), whole(c.nLayers)},
        {ModelOverview::tr("Width"), whole(c.dim)},
        {ModelOverview::tr("FFN width"), whole(c.hiddenDim)},
        {ModelOverview::tr("Heads"),
         ModelOverview::tr("%1, %2 for keys and values").arg(whole(c.nHeads), whole(c.nKvHeads))},
        {ModelOverview::tr("Head width"), whole(c.headDim)},
        {ModelOverview::tr("Vocabulary"), whole(c.vocabSize)},
        {ModelOverview::tr("RoPE"), ropeText(c.rope)},
        {ModelOverview::tr("Output table"),
         c.tiedEmbeddings ? ModelOverview::tr("tied to the embedding") : ModelOverview::tr("of its own")},
        {ModelOverview::tr("Tokenizer"),
         survey.tokenizerEntries > 0
             ? ModelOverview::tr("%1, %2 entries")
                   .arg(QString::fromStdString(survey.tokenizer), whole(survey.tokenizerEntries))
             : ModelOverview::tr("none: %1").arg(QString::fromStdString(survey.tokenizer))}};
    if (c.lora)
        facts.push_back({ModelOverview::tr("LoRA"), ModelOverview::tr("rank %1, scale %2")
                                                        .arg(c.lora->rank)
                                                        .arg(static_cast<double>(c.lora->scale))});
    if (c.hadamardFfn)
        facts.push_back({ModelOverview::tr("Rotation"),
                         c.hadamardHeads ? ModelOverview::tr("online Hadamard before w2 and on heads")
                                         : ModelOverview::tr("online Hadamard before w2")});
    if (c.activationBits != 8)
        facts.push_back(
            {ModelOverview::tr("Activations"), ModelOverview::tr("%1 bit").arg(c.activationBits)});
    if (c.vision)
        addVision(*c.vision, facts);
    return facts;
}

QString heading(const QString& text) {
    return QStringLiteral("<b>%1</b>").arg(text.toHtmlEscaped());
}

}  // namespace

ModelOverview::ModelOverview(QWidget* parent)
    : QWidget(parent),
      facts_(new QWidget),
      grid_(new QGridLayout(facts_)),
      fitTitle_(new QLabel),
      fit_(new FitBar),
      problems_(new QLabel) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(20);
    grid_->setVerticalSpacing(8);
    setStyleProperty(fitTitle_, "tone", "small");
    problems_->setObjectName(QStringLiteral("modelProblems"));
    problems_->setWordWrap(true);
    problems_->setTextFormat(Qt::RichText);
    problems_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    problems_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* side = new QVBoxLayout;
    side->setSpacing(8);
    side->addWidget(fitTitle_);
    side->addWidget(fit_);
    side->addWidget(problems_);
    side->addStretch(1);
    auto* left = new QVBoxLayout;
    left->addWidget(facts_);
    left->addStretch(1);
    auto* content = new QWidget;
    line_ = new QHBoxLayout(content);
    line_->setContentsMargins(0, 2, 6, 0);
    line_->setSpacing(28);
    line_->addLayout(left, kFactShare);
    line_->addLayout(side, 2);
    auto* scroll = new QScrollArea;
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(scroll);
}

void ModelOverview::show(const ModelRow& row) {
    showFacts(row);
    fit_->setFit(row.fit);
    fit_->setVisible(row.fit.has_value());
    fitTitle_->setVisible(row.fit.has_value());
    if (row.fit)
        fitTitle_->setText(tr("Estimated memory with %1 tokens of context").arg(whole(row.fit->context)));
    showProblems(row);
}

void ModelOverview::showFacts(const ModelRow& row) {
    while (auto* item = grid_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    facts_->setVisible(row.opens());
    line_->setStretch(0, row.opens() ? kFactShare : 0);  // else the reasons have the whole width
    line_->setSpacing(row.opens() ? 28 : 0);
    if (!row.opens())
        return;
    int at = 0;
    for (const auto& [name, value] : factsOf(row.surveyed->survey)) {
        auto* label = new QLabel(name);
        setStyleProperty(label, "tone", "small");
        auto* text = new ElidedLabel(value);
        text->setAccessibleName(name);
        text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        auto* fact = new QWidget;
        auto* column = new QVBoxLayout(fact);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(2);
        column->addWidget(label);
        column->addWidget(text);
        grid_->addWidget(fact, at / kFactColumns, at % kFactColumns);
        grid_->setColumnStretch(at % kFactColumns, 1);
        ++at;
    }
}

void ModelOverview::showProblems(const ModelRow& row) {
    QStringList parts;
    if (!row.surveyed) {
        problems_->setText(tr("Reading the files…"));
        return;
    }
    const auto& survey = row.surveyed->survey;
    if (survey.error)
        parts << QStringLiteral("%1<br>%2")
                     .arg(heading(tr("Why it does not open")), row.reason().toHtmlEscaped());
    if (row.crashes >= CrashGuard::kMostCrashes)
        parts << tr("It ended its process %n time(s) in a row, so that it is not loaded by itself. "
                    "“Load in chat” tries it again.",
                    nullptr, row.crashes)
                     .toHtmlEscaped();
    for (const auto& problem : survey.problems)
        parts << QStringLiteral("%1<br>%2")
                     .arg(heading(QString::fromStdString(problem.what)),
                          QString::fromStdString(problem.whatToDo).toHtmlEscaped());
    for (const auto& note : survey.config.notes)
        parts << QString::fromStdString(note).toHtmlEscaped();
    problems_->setText(QStringLiteral("<p style='margin:0 0 8px 0'>%1</p>")
                           .arg(parts.join(QStringLiteral("</p><p style='margin:0 0 8px 0'>"))));
    problems_->setVisible(!parts.isEmpty());
}

}  // namespace ui
