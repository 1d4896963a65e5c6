#include "engine/markdown/html_text.h"

#include "engine/markdown/code_lexer.h"

namespace engine {
namespace {

std::string spansHtml(std::span<const MarkdownSpan> spans) {
    std::string out;
    for (const auto& span : spans) {
        std::string text = htmlEscaped(span.text);
        for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 5)
            text.replace(at, 1, "<br>\n");
        const auto wrap = [&](bool on, const char* tag) {
            if (on)
                text = "<" + std::string(tag) + ">" + text + "</" + tag + ">";
        };
        wrap(span.code, "code");
        wrap(span.strike, "del");
        wrap(span.italic, "em");
        wrap(span.bold, "strong");
        if (isOpenableLink(span.link))
            text = "<a href=\"" + htmlEscaped(span.link) + "\" rel=\"noreferrer noopener\">" + text + "</a>";
        out += text;
    }
    return out;
}

std::string codeHtml(const MarkdownBlock& block) {
    static constexpr const char* kClasses[] = {"k", "s", "n", "c"};
    std::string out = "<pre><code>";
    std::size_t at = 0;
    for (const auto& token : codeTokens(block.text, block.language)) {
        out += htmlEscaped(std::string_view(block.text).substr(at, token.offset - at));
        out += "<span class=\"" + std::string(kClasses[static_cast<int>(token.kind)]) + "\">" +
               htmlEscaped(std::string_view(block.text).substr(token.offset, token.length)) + "</span>";
        at = token.offset + token.length;
    }
    return out + htmlEscaped(std::string_view(block.text).substr(at)) + "</code></pre>";
}

std::string tableHtml(const MarkdownBlock& block) {
    static constexpr const char* kAligns[] = {"left", "center", "right"};
    std::string out = "<table>";
    for (std::size_t row = 0; row < block.rows.size(); ++row) {
        const std::string tag = row == 0 ? "th" : "td";
        out += "<tr>";
        for (const auto& cell : block.rows[row])
            out += "<" + tag + " class=\"" + kAligns[static_cast<int>(cell.align)] + "\">" +
                   spansHtml(cell.spans) + "</" + tag + ">";
        out += "</tr>\n";
    }
    return out + "</table>";
}

std::string blockHtml(const MarkdownBlock& block) {
    switch (block.kind) {
        case MarkdownKind::heading: {
            const std::string tag = "h" + std::to_string(std::min(6, block.level + 2));
            return "<" + tag + ">" + spansHtml(block.spans) + "</" + tag + ">";
        }
        case MarkdownKind::listItem: {
            const std::string mark = block.task == MarkdownTask::open   ? "\u2610"
                                     : block.task == MarkdownTask::done ? "\u2611"
                                     : block.ordered                    ? std::to_string(block.number) + "."
                                                                        : std::string("\u2022");
            return "<p class=\"item\"><span class=\"mark\">" + mark + "</span>" + spansHtml(block.spans) +
                   "</p>";
        }
        case MarkdownKind::code:
            return codeHtml(block);
        case MarkdownKind::table:
            return tableHtml(block);
        case MarkdownKind::rule:
            return "<hr>";
        case MarkdownKind::paragraph:
            break;
    }
    return "<p>" + spansHtml(block.spans) + "</p>";
}

}  // namespace

std::string htmlEscaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&#39;";
        else if (c == '\0')
            out += "\ufffd";
        else
            out += c;
    }
    return out;
}

std::string markdownHtml(std::span<const MarkdownBlock> blocks) {
    std::string out;
    for (const auto& block : blocks) {
        const int indent = std::min(block.listDepth, 8);
        std::string html = blockHtml(block);
        if (indent > 0)
            html = "<div class=\"in" + std::to_string(indent) + "\">" + html + "</div>";
        for (int depth = 0; depth < std::min(block.quoteDepth, 8); ++depth)
            html = "<blockquote>" + html + "</blockquote>";
        out += html + "\n";
    }
    return out;
}

}  // namespace engine
