#include "ui/widgets/answer_body.h"

#include <QVBoxLayout>

#include "engine/markdown/markdown_segments.h"
#include "ui/theme.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/code_block.h"

namespace ui {
namespace {

constexpr int kGapMs = 100;  // ten updates a second are read as flowing, and cost little beside the model
constexpr int kCodeIndent = 24;

using Blocks = std::vector<engine::MarkdownBlock>;

bool isCode(const engine::MarkdownBlock& block) {
    return block.kind == engine::MarkdownKind::code;
}

}  // namespace

AnswerBody::AnswerBody(QWidget* parent) : QWidget(parent), column_(new QVBoxLayout(this)) {
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(8);
    pace_.setInterval(kGapMs);
    pace_.setSingleShot(true);
    connect(&pace_, &QTimer::timeout, this, &AnswerBody::update);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        const std::string text = std::exchange(text_, {});
        restart();
        text_ = text;
        update();
    });
    lay({}, false);
}

void AnswerBody::restart() {
    dropFrom(0);
    frozen_ = 0;
    frozenBytes_ = 0;
    laid_.clear();
}

void AnswerBody::showGrowing(const QString& text) {
    std::string now = text.toStdString();
    if (!now.starts_with(std::string_view(text_).substr(0, frozenBytes_)))
        restart();
    text_ = std::move(now);
    if (!pace_.isActive()) {
        update();
        pace_.start();
    }
}

void AnswerBody::showFinished(const QString& text) {
    const std::string now = text.toStdString();
    pace_.stop();
    if (now == text_ && frozenBytes_ == text_.size() && !parts_.empty())
        return;
    if (!now.starts_with(std::string_view(text_).substr(0, frozenBytes_)))
        restart();
    text_ = now;
    // Link definitions at the end may change what stands before.
    const auto whole = engine::markdownBlocks(text_);
    Blocks rest = engine::markdownBlocks(std::string_view(text_).substr(frozenBytes_));
    Blocks both = laid_;
    both.insert(both.end(), rest.begin(), rest.end());
    if (both != whole) {
        restart();
        rest = whole;
    }
    lay(rest, true);
    frozenBytes_ = text_.size();
}

void AnswerBody::update() {
    const auto done = engine::finishedMarkdown(text_);
    if (done > frozenBytes_) {
        lay(engine::markdownBlocks(std::string_view(text_).substr(frozenBytes_, done - frozenBytes_)), true);
        frozenBytes_ = done;
    }
    lay(engine::markdownBlocks(std::string_view(text_).substr(frozenBytes_)), false);
}

void AnswerBody::lay(const Blocks& blocks, bool freeze) {
    std::size_t next = frozen_;
    const bool joins = frozen_ > 0 && parts_[frozen_ - 1].text != nullptr;
    if (joins && (blocks.empty() || isCode(blocks.front())))
        parts_[frozen_ - 1].text->setTail({});
    for (std::size_t at = 0; at < blocks.size();) {
        std::size_t end = at + 1;
        if (isCode(blocks[at])) {
            part(next++, true, blocks[at].listDepth * kCodeIndent).code->show(blocks[at]);
        } else {
            while (end < blocks.size() && !isCode(blocks[end]))
                ++end;
            auto* view = joins && at == 0 ? parts_[frozen_ - 1].text : part(next++, false, 0).text;
            view->setTail({blocks.begin() + static_cast<std::ptrdiff_t>(at),
                           blocks.begin() + static_cast<std::ptrdiff_t>(end)});
            if (freeze)
                view->freezeTail();
        }
        at = end;
    }
    if (next == 0)
        part(next++, false, 0).text->setTail({});
    dropFrom(next);
    if (freeze) {
        frozen_ = next;
        laid_.insert(laid_.end(), blocks.begin(), blocks.end());
    }
}

AnswerBody::Part& AnswerBody::part(std::size_t at, bool code, int indent) {
    if (at < parts_.size() && (parts_[at].code != nullptr) != code)
        dropFrom(at);
    if (at < parts_.size())
        return parts_[at];
    Part made;
    if (code) {
        static int place = 0;  // names are unique in the whole program
        made.code = new CodeBlock(QString::number(++place));
        made.code->setContentsMargins(indent, 0, 0, 0);
        column_->addWidget(made.code);
    } else {
        made.text = new AnswerView;
        made.text->setObjectName(at == 0 ? QStringLiteral("answerText")
                                         : QStringLiteral("answerText%1").arg(at));
        made.text->setAccessibleName(tr("Answer"));
        made.text->setGrows(true);
        connect(made.text, &AnswerView::linkWanted, this, &AnswerBody::linkWanted);
        column_->addWidget(made.text);
    }
    parts_.push_back(made);
    return parts_.back();
}

void AnswerBody::dropFrom(std::size_t at) {
    while (parts_.size() > at) {
        QWidget* widget = parts_.back().text;
        if (widget == nullptr)
            widget = parts_.back().code;
        widget->hide();
        widget->deleteLater();
        parts_.pop_back();
    }
}

}  // namespace ui
