#include "ui/widgets/chat_inspector.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/dialogs/tools_dialog.h"
#include "ui/models/plain_tip.h"
#include "ui/widgets/generation_form.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kWidth = 230;
constexpr int kDraftWidth = 110;  // pixels of a draft model's name
constexpr int kSystemHeight = 76;

QLabel* makeSmall(const QString& text) {
    auto* label = new QLabel(text);
    setStyleProperty(label, "tone", "small");
    return label;
}

QFrame* makeSeparator() {
    auto* line = new QFrame;
    line->setObjectName(QStringLiteral("separator"));
    line->setFixedHeight(1);
    return line;
}

}  // namespace

ChatInspector::ChatInspector(ChatController& controller, QWidget* parent)
    : QFrame(parent), controller_(controller), system_(new QPlainTextEdit) {
    setObjectName(QStringLiteral("inspector"));
    setFixedWidth(kWidth);
    system_->setObjectName(QStringLiteral("systemPrompt"));
    system_->setAccessibleName(tr("System prompt"));
    system_->setPlaceholderText(tr("How the model should answer"));
    system_->setProperty("framed", "true");
    system_->setTabChangesFocus(true);
    system_->setFixedHeight(kSystemHeight);
    system_->setPlainText(controller.systemPrompt());
    auto* form = new GenerationForm(controller.generation(), QStringLiteral("chat"));

    auto* content = new QWidget;
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    auto* frame = new QVBoxLayout(this);
    frame->setContentsMargins(0, 0, 0, 0);
    frame->addWidget(scroll);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(14, 14, 14, 14);
    column->setSpacing(8);
    column->addWidget(makeSmall(tr("System prompt")));
    column->addWidget(system_);
    tools_ = makeButton({}, QStringLiteral("chatTools"), tr("Functions that the model may ask for"));
    column->addWidget(tools_);
    connect(tools_, &QPushButton::clicked, this, &ChatInspector::editTools);
    connect(&controller_, &ChatController::settingsChanged, this, &ChatInspector::updateTools);
    column->addSpacing(4);
    column->addWidget(makeSmall(tr("Sampling")));
    column->addWidget(form);
    column->addSpacing(4);
    column->addWidget(makeSeparator());
    kernels_ = addMenu(column, tr("Kernels"), QStringLiteral("chatKernels"), {});
    drafts_ = addMenu(column, tr("Drafts"), QStringLiteral("chatDrafts"),
                      tr("Guesses several tokens and verifies them in one pass of the model.\nGreedy answers "
                         "stay the same, sampled ones keep their distribution."));
    packedCopy_ = addMenu(column, tr("Packed weights"), QStringLiteral("chatPackedCopy"), {});
    for (const bool keep : {false, true}) {
        auto* action = packedCopy_->menu()->addAction(
            keep
                ? tr("Keep packed weights beside the model: starts several times faster, takes about as much "
                     "disk as the packed weights")
                : tr("Not kept: packed again at every start"));
        action->setCheckable(true);
        action->setData(keep);
        connect(action, &QAction::triggered, this, [this, keep] { keepPackedWeights(keep); });
    }
    threads_ = addFact(column, tr("Threads"), QStringLiteral("chatThreads"));
    format_ = addFact(column, tr("Format"), QStringLiteral("chatFormat"));
    weights_ = addFact(column, tr("Weights"), QStringLiteral("chatWeights"));
    kv_ = addFact(column, tr("KV cache, BF16"), QStringLiteral("chatKvMemory"));
    column->addStretch(1);
    scroll->setWidget(content);
    content->setAutoFillBackground(false);  // setWidget() turns it on

    connect(form, &GenerationForm::changed, &controller_, &ChatController::setGeneration);
    connect(system_, &QPlainTextEdit::textChanged, this,
            [this] { controller_.setSystemPrompt(system_->toPlainText()); });
    connect(&controller_, &ChatController::modelChanged, this, &ChatInspector::updateModel);
    connect(&controller_, &ChatController::conversationChanged, this, &ChatInspector::updateSystemPrompt);
    updateModel();
    updateTools();
}

void ChatInspector::editTools() {
    const auto& settings = controller_.conversationSettings();
    ToolsDialog dialog(QString::fromStdString(settings.tools), settings.toolPlace, this);
    if (dialog.exec() == QDialog::Accepted)
        controller_.setTools(dialog.definitions(), dialog.place());
}

void ChatInspector::updateTools() {
    const auto tools = engine::toolDefinitions(controller_.conversationSettings().tools);
    const auto count = tools ? static_cast<int>(tools->size()) : 0;
    tools_->setText(count == 0 ? tr("Functions: none…") : tr("%n function(s)…", nullptr, count));
    tools_->setAccessibleName(tools_->text());
}

QToolButton* ChatInspector::addMenu(QVBoxLayout* column, const QString& label, const QString& objectName,
                                    const QString& tip) {
    auto* button = new QToolButton;
    button->setObjectName(objectName);
    button->setAccessibleName(label);
    button->setToolTip(tip);
    button->setProperty("kind", "flat");
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(new QMenu(button));
    auto* line = new QHBoxLayout;
    line->addWidget(makeSmall(label));
    line->addStretch(1);
    line->addWidget(button);
    column->addLayout(line);
    return button;
}

QLabel* ChatInspector::addFact(QVBoxLayout* column, const QString& label, const QString& objectName) {
    auto* value = new QLabel;
    value->setObjectName(objectName);
    value->setAccessibleName(label);
    setStyleProperty(value, "tone", "heading");
    auto* line = new QHBoxLayout;
    line->addWidget(makeSmall(label));
    line->addStretch(1);
    line->addWidget(value);
    line->setContentsMargins(0, 3, 0, 3);
    column->addLayout(line);
    return value;
}

void ChatInspector::updateModel() {
    const QString kernels = controller_.model().kernels;
    kernels_->setText(kernels + QStringLiteral(" ▾"));
    kernels_->menu()->clear();
    fillKernelMenu(kernels_->menu(), kernels, [this](const QString& name) {
        auto choice = controller_.model();
        choice.kernels = name;
        controller_.setModel(choice);
    });
    const QString draft = controller_.model().draft;
    drafts_->setText(fontMetrics().elidedText(draftTitle(draft), Qt::ElideMiddle, kDraftWidth) +
                     QStringLiteral(" ▾"));
    drafts_->menu()->clear();
    fillDraftMenu(drafts_->menu(), this, draft, [this](const QString& source) {
        auto choice = controller_.model();
        choice.draft = source;
        controller_.setModel(choice);
    });
    updatePackedCopy();
    const auto& loaded = controller_.loadedModel();
    const QString unknown = QStringLiteral("–");
    const auto bytes = [](std::int64_t count) {
        return QString::fromStdString(engine::formatMetric("peak_rss_bytes", static_cast<double>(count)));
    };
    threads_->setText(loaded ? QString::number(loaded->threads) : unknown);
    format_->setText(loaded ? QString::fromStdString(loaded->promptFormat) : unknown);
    weights_->setText(loaded ? bytes(loaded->weightsBytes) : unknown);
    kv_->setText(loaded ? bytes(loaded->kvBytes) : unknown);
    for (auto* fact : {threads_, format_, weights_, kv_})
        fact->setToolTip(loaded ? QString() : tr("Known once the model is loaded"));
}

void ChatInspector::keepPackedWeights(bool keep) {
    auto choice = controller_.model();
    choice.packedCopy = keep;
    controller_.setModel(choice);
    updatePackedCopy();  // the ticks, where nothing changed
}

void ChatInspector::updatePackedCopy() {
    const bool keep = controller_.model().packedCopy;
    for (auto* action : packedCopy_->menu()->actions())
        action->setChecked(action->data().toBool() == keep);
    const auto& loaded = controller_.loadedModel();
    const std::string state = loaded ? loaded->packedCopy : std::string();
    packedCopy_->setText((!keep               ? tr("not kept")
                          : state == "failed" ? tr("failed")
                                              : tr("kept")) +
                         QStringLiteral(" ▾"));
    QString tip = tr("A file of packed weights beside the model: later starts are several times faster");
    if (state == "read")
        tip += tr("\nThis start read them from there");
    else if (state == "written")
        tip += tr("\nThis start wrote them");
    else if (state == "failed")
        tip += tr("\nNot kept: %1").arg(QString::fromStdString(loaded->packedCopyNote));
    packedCopy_->setToolTip(plainTip(tip));
}

void ChatInspector::updateSystemPrompt() {
    if (system_->toPlainText() != controller_.systemPrompt())
        system_->setPlainText(controller_.systemPrompt());
}

}  // namespace ui
