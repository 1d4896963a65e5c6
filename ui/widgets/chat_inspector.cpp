#include "ui/widgets/chat_inspector.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/widgets/generation_form.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kWidth = 230;
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
    : QFrame(parent), controller_(controller), system_(new QPlainTextEdit), kernels_(new QToolButton) {
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
    kernels_->setObjectName(QStringLiteral("chatKernels"));
    kernels_->setAccessibleName(tr("Kernels"));
    kernels_->setProperty("kind", "flat");
    kernels_->setPopupMode(QToolButton::InstantPopup);
    kernels_->setMenu(new QMenu(kernels_));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 14, 14, 14);
    column->setSpacing(8);
    column->addWidget(makeSmall(tr("System prompt")));
    column->addWidget(system_);
    column->addSpacing(4);
    column->addWidget(makeSmall(tr("Sampling")));
    column->addWidget(form);
    column->addSpacing(4);
    column->addWidget(makeSeparator());
    auto* line = new QHBoxLayout;
    line->addWidget(makeSmall(tr("Kernels")));
    line->addStretch(1);
    line->addWidget(kernels_);
    column->addLayout(line);
    threads_ = addFact(column, tr("Threads"), QStringLiteral("chatThreads"));
    format_ = addFact(column, tr("Format"), QStringLiteral("chatFormat"));
    weights_ = addFact(column, tr("Weights"), QStringLiteral("chatWeights"));
    kv_ = addFact(column, tr("KV cache, BF16"), QStringLiteral("chatKvMemory"));
    column->addStretch(1);

    connect(form, &GenerationForm::changed, &controller_, &ChatController::setGeneration);
    connect(system_, &QPlainTextEdit::textChanged, this,
            [this] { controller_.setSystemPrompt(system_->toPlainText()); });
    connect(&controller_, &ChatController::modelChanged, this, &ChatInspector::updateModel);
    connect(&controller_, &ChatController::conversationChanged, this, &ChatInspector::updateSystemPrompt);
    updateModel();
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
        controller_.setModel({controller_.model().model, name});
    });
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

void ChatInspector::updateSystemPrompt() {
    if (system_->toPlainText() != controller_.systemPrompt())
        system_->setPlainText(controller_.systemPrompt());
}

}  // namespace ui
