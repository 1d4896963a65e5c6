#include "engine/markdown/markdown_blocks.h"

#include <md4c.h>

#include <algorithm>
#include <charconv>

#include "engine/tokenizer/utf8.h"

namespace engine {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

std::string decodedEntity(std::string_view entity) {
    constexpr std::pair<std::string_view, std::string_view> kNamed[] = {
        {"&amp;", "&"},         {"&lt;", "<"},          {"&gt;", ">"},         {"&quot;", "\""},
        {"&apos;", "'"},        {"&nbsp;", "\u00a0"},   {"&ndash;", "\u2013"}, {"&mdash;", "\u2014"},
        {"&hellip;", "\u2026"}, {"&copy;", "\u00a9"},   {"&reg;", "\u00ae"},   {"&deg;", "\u00b0"},
        {"&times;", "\u00d7"},  {"&middot;", "\u00b7"}, {"&bull;", "\u2022"},  {"&euro;", "\u20ac"},
        {"&larr;", "\u2190"},   {"&rarr;", "\u2192"},   {"&le;", "\u2264"},    {"&ge;", "\u2265"},
        {"&ne;", "\u2260"},     {"&plusmn;", "\u00b1"}, {"&micro;", "\u00b5"}, {"&para;", "\u00b6"}};
    for (const auto& [name, text] : kNamed)
        if (name == entity)
            return std::string(text);
    if (entity.starts_with("&#") && entity.ends_with(";")) {
        const bool hex = entity.size() > 3 && (entity[2] == 'x' || entity[2] == 'X');
        const auto digits = entity.substr(hex ? 3 : 2, entity.size() - (hex ? 4 : 3));
        std::uint32_t code = 0;
        const auto [end, problem] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
        const bool usable = problem == std::errc() && end == digits.data() + digits.size() && code != 0 &&
                            code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
        return usable ? toUtf8(code) : std::string("\ufffd");
    }
    return std::string(entity);
}

std::string textOf(const MD_ATTRIBUTE& attribute) {
    std::string text;
    for (std::size_t part = 0; attribute.text != nullptr && attribute.substr_offsets[part] < attribute.size;
         ++part) {
        const auto begin = attribute.substr_offsets[part];
        const std::string_view piece(attribute.text + begin, attribute.substr_offsets[part + 1] - begin);
        text += attribute.substr_types[part] == MD_TEXT_ENTITY ? decodedEntity(piece) : std::string(piece);
    }
    return text;
}

/// Collects md4c's events into the flat list.
class BlockBuilder {
public:
    std::vector<MarkdownBlock> take() { return std::move(blocks_); }

    void enterBlock(MD_BLOCKTYPE type, const void* detail) {
        switch (type) {
            case MD_BLOCK_QUOTE:
                ++quoteDepth_;
                target_ = nullptr;
                break;
            case MD_BLOCK_UL:
                lists_.push_back({false, 0});
                target_ = nullptr;
                break;
            case MD_BLOCK_OL:
                lists_.push_back({true, static_cast<const MD_BLOCK_OL_DETAIL*>(detail)->start});
                target_ = nullptr;
                break;
            case MD_BLOCK_LI:
                enterItem(*static_cast<const MD_BLOCK_LI_DETAIL*>(detail));
                break;
            case MD_BLOCK_HR:
                begin(MarkdownKind::rule);
                target_ = nullptr;
                break;
            case MD_BLOCK_H:
                begin(MarkdownKind::heading).level =
                    static_cast<int>(static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level);
                break;
            case MD_BLOCK_CODE:
                begin(MarkdownKind::code).language =
                    textOf(static_cast<const MD_BLOCK_CODE_DETAIL*>(detail)->lang);
                break;
            case MD_BLOCK_P:
                begin(MarkdownKind::paragraph);
                break;
            case MD_BLOCK_TABLE:
                begin(MarkdownKind::table);
                break;
            case MD_BLOCK_TR:
                blocks_.back().rows.emplace_back();
                break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD:
                enterCell(*static_cast<const MD_BLOCK_TD_DETAIL*>(detail));
                break;
            default:
                break;
        }
    }

    void leaveBlock(MD_BLOCKTYPE type) {
        if (type == MD_BLOCK_QUOTE)
            --quoteDepth_;
        else if (type == MD_BLOCK_UL || type == MD_BLOCK_OL)
            lists_.pop_back();
        else if (type == MD_BLOCK_LI && itemWaits_)
            beginItem();  // an item without text
        target_ = nullptr;
    }

    void enterSpan(MD_SPANTYPE type, const void* detail) {
        change(type, 1);
        if (type == MD_SPAN_A)
            links_.push_back(textOf(static_cast<const MD_SPAN_A_DETAIL*>(detail)->href));
    }
    void leaveSpan(MD_SPANTYPE type) {
        change(type, -1);
        if (type == MD_SPAN_A && !links_.empty())
            links_.pop_back();
    }

    void text(MD_TEXTTYPE type, std::string_view text) {
        if (!blocks_.empty() && blocks_.back().kind == MarkdownKind::code && isOpen_) {
            blocks_.back().text += type == MD_TEXT_NULLCHAR ? "\ufffd" : text;
            return;
        }
        switch (type) {
            case MD_TEXT_NULLCHAR:
                return add("\ufffd");
            case MD_TEXT_BR:
                return add("\n");
            case MD_TEXT_SOFTBR:
                return add(" ");
            case MD_TEXT_ENTITY:
                return add(decodedEntity(text));
            default:
                return add(text);
        }
    }

    void closeCode() {
        isOpen_ = false;
        if (!blocks_.empty() && blocks_.back().kind == MarkdownKind::code &&
            blocks_.back().text.ends_with('\n'))
            blocks_.back().text.pop_back();
    }

private:
    struct List {
        bool ordered;
        std::int64_t next;
    };

    MarkdownBlock& begin(MarkdownKind kind) {
        if (itemWaits_ && kind == MarkdownKind::paragraph)
            return beginItem();
        if (itemWaits_)
            beginItem();  // an item that begins with code or a table has its mark alone
        return push(kind);
    }
    MarkdownBlock& beginItem() {
        itemWaits_ = false;
        auto& block = push(MarkdownKind::listItem);
        block.task = task_;
        block.ordered = lists_.back().ordered;
        if (block.ordered)
            block.number = lists_.back().next++;
        return block;
    }
    MarkdownBlock& push(MarkdownKind kind) {
        auto& block = blocks_.emplace_back();
        block.kind = kind;
        block.quoteDepth = quoteDepth_;
        block.listDepth = static_cast<int>(lists_.size());
        target_ = &block.spans;
        isOpen_ = true;
        return block;
    }
    void enterItem(const MD_BLOCK_LI_DETAIL& item) {
        itemWaits_ = true;
        target_ = nullptr;
        task_ = item.is_task == 0       ? MarkdownTask::none
                : item.task_mark == ' ' ? MarkdownTask::open
                                        : MarkdownTask::done;
    }
    void enterCell(const MD_BLOCK_TD_DETAIL& detail) {
        auto& cell = blocks_.back().rows.back().emplace_back();
        cell.align = detail.align == MD_ALIGN_CENTER  ? MarkdownAlign::center
                     : detail.align == MD_ALIGN_RIGHT ? MarkdownAlign::right
                                                      : MarkdownAlign::left;
        target_ = &cell.spans;
    }
    void change(MD_SPANTYPE type, int by) {
        if (type == MD_SPAN_EM || type == MD_SPAN_IMG)
            italic_ += by;
        else if (type == MD_SPAN_STRONG)
            bold_ += by;
        else if (type == MD_SPAN_DEL)
            strike_ += by;
        else if (type == MD_SPAN_CODE)
            code_ += by;
    }
    void add(std::string_view text) {
        if (target_ == nullptr) {  // text right inside a tight item
            if (lists_.empty())
                push(MarkdownKind::paragraph);
            else if (itemWaits_)
                beginItem();
            else
                push(MarkdownKind::paragraph);
        }
        MarkdownSpan span{{},          bold_ > 0, italic_ > 0,
                          strike_ > 0, code_ > 0, links_.empty() ? std::string() : links_.back()};
        if (!target_->empty()) {
            auto last = target_->back();
            last.text.clear();
            if (last == span) {
                target_->back().text += text;
                return;
            }
        }
        span.text = text;
        target_->push_back(std::move(span));
    }

    std::vector<MarkdownBlock> blocks_;
    std::vector<List> lists_;
    std::vector<std::string> links_;
    std::vector<MarkdownSpan>* target_ = nullptr;
    int quoteDepth_ = 0;
    int bold_ = 0, italic_ = 0, strike_ = 0, code_ = 0;
    bool itemWaits_ = false;
    bool isOpen_ = false;
    MarkdownTask task_ = MarkdownTask::none;
};

BlockBuilder& builder(void* data) {
    return *static_cast<BlockBuilder*>(data);
}

}  // namespace

std::vector<MarkdownBlock> markdownBlocks(std::string_view text) {
    if (text.size() > kMostBytes) {
        MarkdownBlock whole;
        whole.spans.push_back({std::string(text)});
        return {whole};
    }
    BlockBuilder blocks;
    MD_PARSER parser{};
    parser.flags = MD_DIALECT_GITHUB | MD_FLAG_NOHTML;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* data) {
        builder(data).enterBlock(type, detail);
        return 0;
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* data) {
        if (type == MD_BLOCK_CODE)
            builder(data).closeCode();
        builder(data).leaveBlock(type);
        return 0;
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* data) {
        builder(data).enterSpan(type, detail);
        return 0;
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* data) {
        builder(data).leaveSpan(type);
        return 0;
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* piece, MD_SIZE size, void* data) {
        builder(data).text(type, {piece, size});
        return 0;
    };
    if (md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, &blocks) != 0) {
        MarkdownBlock whole;
        whole.spans.push_back({std::string(text)});
        return {whole};
    }
    return blocks.take();
}

bool isOpenableLink(std::string_view address) {
    std::string lower(address.substr(0, 8));
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c); });
    const bool known =
        lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("mailto:");
    return known && std::none_of(address.begin(), address.end(),
                                 [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace engine
