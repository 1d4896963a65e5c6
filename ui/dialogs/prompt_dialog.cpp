#include "ui/dialogs/prompt_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

QPlainTextEdit* makeView(const QString& objectName, const QString& accessibleName) {
    auto* view = new QPlainTextEdit;
    view->setObjectName(objectName);
    view->setAccessibleName(accessibleName);
    view->setReadOnly(true);
    view->setProperty("framed", true);
    view->setFont(Theme::instance().codeFont());
    return view;
}

}  // namespace

PromptDialog::PromptDialog(const QString& model, QWidget* parent)
    : QDialog(parent),
      state_(new QLabel(tr("Loading the model to read its prompt format…"))),
      text_(makeView(QStringLiteral("renderedPrompt"), tr("Rendered prompt"))),
      tokens_(makeView(QStringLiteral("renderedTokens"), tr("Token ids"))) {
    setObjectName(QStringLiteral("promptDialog"));
    setWindowTitle(tr("Rendered prompt · %1").arg(model));
    resize(640, 440);
    setStyleProperty(state_, "tone", "mute");
    state_->setObjectName(QStringLiteral("renderedState"));
    state_->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addWidget(state_);
    column->addWidget(text_, 3);
    auto* label = new QLabel(tr("Token ids"));
    setStyleProperty(label, "tone", "small");
    column->addWidget(label);
    column->addWidget(tokens_, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->button(QDialogButtonBox::Close)->setObjectName(QStringLiteral("renderedClose"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
}

void PromptDialog::showPrompt(const engine::RenderedPrompt& prompt) {
    state_->setText(
        tr("%n token(s), as the model reads them", nullptr, static_cast<int>(prompt.tokens.size())));
    text_->setPlainText(QString::fromStdString(prompt.text));
    QStringList ids;
    for (const auto id : prompt.tokens)
        ids << QString::number(engine::raw(id));
    tokens_->setPlainText(ids.join(QLatin1Char(' ')));
}

void PromptDialog::showError(const QString& message) {
    state_->setText(message);
    setStyleProperty(state_, "tone", "warning");
}

}  // namespace ui
