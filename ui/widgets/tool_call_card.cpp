#include "ui/widgets/tool_call_card.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kResultHeight = 62;

QLabel* makeText(const QString& text, const char* tone) {
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setStyleProperty(label, "tone", tone);
    return label;
}

}  // namespace

ToolCallCard::ToolCallCard(const std::vector<engine::ToolCall>& calls,
                           const std::vector<engine::ToolDefinition>& definitions, QWidget* parent)
    : QWidget(parent), sendLine_(new QWidget) {
    setObjectName(QStringLiteral("toolCallCard"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    for (const auto& call : calls) {
        QStringList problems;
        for (const auto& problem : engine::problemsOf(call, definitions))
            problems << QString::fromStdString(problem);
        column->addWidget(makeCall(call, problems));
    }
    auto* button = makeButton(tr("Send result"), QStringLiteral("sendResultsButton"),
                              tr("Gives the model what the function returned"));
    button->setProperty("kind", "primary");
    auto* line = new QHBoxLayout(sendLine_);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(makeText(tr("Nothing is executed here. Run it yourself and give the result."), "small"),
                    1);
    line->addWidget(button);
    column->addWidget(sendLine_);
    connect(button, &QPushButton::clicked, this, &ToolCallCard::send);
}

QWidget* ToolCallCard::makeCall(const engine::ToolCall& call, const QStringList& problems) {
    auto* card = new Card;
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(14, 10, 14, 10);
    column->setSpacing(6);
    auto* name = makeText(QString::fromStdString(call.name).left(200), "heading");
    name->setObjectName(QStringLiteral("toolCallName"));
    auto* top = new QHBoxLayout;
    top->addWidget(makeText(tr("Asks for"), "small"));
    top->addWidget(name, 1);
    column->addLayout(top);
    auto* grid = new QGridLayout;
    grid->setColumnStretch(1, 1);
    grid->setHorizontalSpacing(12);
    int row = 0;
    for (const auto& [key, value] : call.arguments.items()) {
        grid->addWidget(makeText(QString::fromStdString(key), "small"), row, 0, Qt::AlignTop);
        auto* text =
            makeText(QString::fromStdString(value.dump(value.is_structured() ? 2 : -1, ' ', false,
                                                       nlohmann::ordered_json::error_handler_t::replace)),
                     "");
        text->setFont(Theme::instance().codeFont());
        grid->addWidget(text, row++, 1);
    }
    column->addLayout(grid);
    if (row == 0)
        column->addWidget(makeText(tr("without arguments"), "small"));
    if (!problems.isEmpty())
        column->addWidget(makeText(problems.join(u'\n'), "warning"));
    auto* result = new QPlainTextEdit;
    const QString number = results_.isEmpty() ? QString() : QString::number(results_.size() + 1);
    result->setObjectName(QStringLiteral("toolResult") + number);
    result->setAccessibleName(tr("Result of %1").arg(QString::fromStdString(call.name)));
    result->setPlaceholderText(tr("What the function gave"));
    result->setProperty("framed", "true");
    result->setTabChangesFocus(true);
    result->setFixedHeight(kResultHeight);
    results_ << result;
    column->addWidget(result);
    return card;
}

void ToolCallCard::setAnswerable(bool answerable) {
    for (auto* result : results_)
        result->setVisible(answerable);
    sendLine_->setVisible(answerable);
}

void ToolCallCard::send() {
    QStringList results;
    for (auto* result : results_) {
        if (result->toPlainText().isEmpty()) {
            result->setFocus();
            return;
        }
        results << result->toPlainText();
    }
    emit resultsGiven(results);
}

}  // namespace ui
