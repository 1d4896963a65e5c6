#include "ui/dialogs/tools_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include "ui/theme.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

const char* const kExample = R"([
    {
        "name": "get_weather",
        "description": "Get weather info for places",
        "parameters": {
            "type": "dict",
            "required": ["city"],
            "properties": {
                "city": {
                    "type": "string",
                    "description": "The name of the city to get the weather for"
                }
            }
        }
    }
])";

}  // namespace

ToolsDialog::ToolsDialog(const QString& definitions, engine::ToolPlace place, QWidget* parent)
    : QDialog(parent),
      text_(new QPlainTextEdit),
      inSystem_(new QRadioButton(tr("in the system prompt"))),
      inUser_(new QRadioButton(tr("around the question"))),
      verdict_(new QLabel) {
    setObjectName(QStringLiteral("toolsDialog"));
    setWindowTitle(tr("Functions the model may ask for"));
    resize(620, 520);
    auto* intro = new QLabel(
        tr("A JSON array of functions. The model may answer with a call; nothing is executed: you read "
           "the call and give it the result."));
    intro->setWordWrap(true);
    setStyleProperty(intro, "tone", "mute");
    text_->setObjectName(QStringLiteral("toolDefinitions"));
    text_->setAccessibleName(tr("Function definitions"));
    text_->setProperty("framed", "true");
    text_->setFont(Theme::instance().codeFont());
    text_->setTabChangesFocus(true);
    text_->setPlainText(definitions);
    inSystem_->setObjectName(QStringLiteral("toolsInSystem"));
    inUser_->setObjectName(QStringLiteral("toolsInUser"));
    (place == engine::ToolPlace::systemPrompt ? inSystem_ : inUser_)->setChecked(true);
    verdict_->setObjectName(QStringLiteral("toolsVerdict"));
    verdict_->setWordWrap(true);
    verdict_->setTextFormat(Qt::PlainText);
    auto* example = makeButton(tr("Insert an example"), QStringLiteral("toolsExample"), {});
    auto* places = new QHBoxLayout;
    places->setSpacing(12);
    places->addWidget(new QLabel(tr("Written")));
    places->addWidget(inSystem_);
    places->addWidget(inUser_);
    places->addStretch(1);
    places->addWidget(example);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    keep_ = buttons->addButton(tr("Use these"), QDialogButtonBox::AcceptRole);
    keep_->setObjectName(QStringLiteral("toolsKeep"));
    keep_->setProperty("kind", "primary");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(intro);
    column->addWidget(text_, 1);
    column->addWidget(verdict_);
    column->addLayout(places);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(example, &QPushButton::clicked, this,
            [this] { text_->setPlainText(QString::fromLatin1(kExample)); });
    connect(text_, &QPlainTextEdit::textChanged, this, &ToolsDialog::check);
    check();
}

QString ToolsDialog::definitions() const {
    return text_->toPlainText().trimmed();
}

engine::ToolPlace ToolsDialog::place() const {
    return inUser_->isChecked() ? engine::ToolPlace::userPrompt : engine::ToolPlace::systemPrompt;
}

void ToolsDialog::check() {
    const auto tools = engine::toolDefinitions(text_->toPlainText().toStdString());
    keep_->setEnabled(tools.has_value());
    setStyleProperty(verdict_, "tone", tools ? "good" : "warning");
    if (!tools) {
        verdict_->setText(QString::fromStdString(tools.error().message));
        return;
    }
    QStringList names;
    for (const auto& tool : *tools)
        names << QString::fromStdString(tool.name);
    verdict_->setText(names.isEmpty() ? tr("No functions: the model answers with text alone")
                                      : tr("✓ %1").arg(names.join(QStringLiteral(", "))));
}

}  // namespace ui
