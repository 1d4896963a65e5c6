#include "ui/widgets/code_block.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QTextEdit>
#include <QTimer>
#include <QVBoxLayout>
#include <cmath>

#include "ui/theme.h"
#include "ui/widgets/markdown_writer.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kSaidMs = 1500;

}  // namespace

CodeBlock::CodeBlock(const QString& place, QWidget* parent)
    : QFrame(parent),
      language_(new QLabel),
      copy_(makeButton(tr("Copy"), QStringLiteral("copyCode") + place, tr("Copy this code"))),
      text_(new QTextEdit) {
    setObjectName(QStringLiteral("codeBlock"));
    setStyleProperty(language_, "tone", "small");
    language_->setTextFormat(Qt::PlainText);
    copy_->setProperty("kind", "flat");
    text_->setObjectName(QStringLiteral("code") + place);
    text_->setAccessibleName(tr("Code"));
    text_->setReadOnly(true);
    text_->setUndoRedoEnabled(false);
    text_->setFrameShape(QFrame::NoFrame);
    text_->setLineWrapMode(QTextEdit::NoWrap);
    text_->setTabChangesFocus(true);
    text_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    text_->viewport()->setAutoFillBackground(false);
    text_->document()->setDocumentMargin(10);
    text_->setFont(Theme::instance().codeFont());
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(12, 2, 6, 2);
    top->addWidget(language_);
    top->addStretch(1);
    top->addWidget(copy_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(text_);
    connect(copy_, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(code());
        copy_->setText(tr("Copied"));
        QTimer::singleShot(kSaidMs, copy_, [copy = copy_] { copy->setText(tr("Copy")); });
    });
    connect(&Theme::instance(), &Theme::changed, this, &CodeBlock::render);
    render();
}

void CodeBlock::show(const engine::MarkdownBlock& block) {
    setVisible(true);
    if (block == block_)
        return;
    block_ = block;
    render();
}

void CodeBlock::render() {
    const auto& tokens = Theme::instance().tokens();
    setStyleSheet(
        QStringLiteral("QFrame#codeBlock { background: %1; border: 1px solid %2; border-radius: 8px; }")
            .arg(tokens.code.name(), tokens.line.name()));
    language_->setText(block_.language.empty() ? tr("code")
                                               : QString::fromStdString(block_.language).left(24));
    text_->clear();
    QTextCursor cursor(text_->document());
    writeCode(cursor, block_.text, block_.language);
    fitHeight();
}

void CodeBlock::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fitHeight();
}

void CodeBlock::fitHeight() {
    const bool wide = text_->document()->idealWidth() > text_->viewport()->width();
    const int bar = wide ? text_->horizontalScrollBar()->sizeHint().height() : 0;
    text_->setFixedHeight(static_cast<int>(std::ceil(text_->document()->size().height())) + bar);
}

}  // namespace ui
