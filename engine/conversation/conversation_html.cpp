#include "engine/conversation/conversation_formats.h"
#include "engine/markdown/html_text.h"

namespace engine {
namespace {

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
:root { --bg: #f6f7f9; --card: #ffffff; --line: #e1e4ea; --text: #1b1f27; --mute: #667085; --accent: #2f6fed; --soft: #e8f0fe;
        --code: #f2f4f7; --ok: #067647; --warn: #b54708; }
@media (prefers-color-scheme: dark) { :root { --bg: #15181e; --card: #1c2027; --line: #2c323c; --text: #e6e9ef; --mute: #98a2b3;
        --accent: #6ea0ff; --soft: #22304d; --code: #12151a; --ok: #47cd89; --warn: #fdb022; } }
body { background: var(--bg); color: var(--text); font: 15px/1.6 Inter, system-ui, sans-serif; margin: 0; }
main { max-width: 760px; margin: 32px auto; padding: 0 20px; }
h1 { font-size: 22px; overflow-wrap: anywhere; } h2 { font-size: 13px; color: var(--mute); margin: 28px 0 6px; }
.facts, .numbers, .state { color: var(--mute); font-size: 13px; } .state { color: var(--warn); }
.user { background: var(--soft); border-radius: 10px; padding: 10px 16px; white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 0 0 6px; } figure img { max-width: 100%; max-height: 420px; border-radius: 10px; border: 1px solid var(--line); }
figcaption { color: var(--mute); font-size: 12px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow-x: auto; }
code { font: 13px/1.5 "JetBrains Mono", ui-monospace, monospace; } p code { background: var(--code); padding: 1px 4px; border-radius: 4px; }
.k { color: var(--accent); } .s { color: var(--ok); } .n { color: var(--warn); } .c { color: var(--mute); }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: 4px 10px; text-align: left; }
.right { text-align: right; } .center { text-align: center; }
blockquote { border-left: 3px solid var(--line); margin: 0 0 0 4px; padding-left: 12px; color: var(--mute); }
.item { margin: 2px 0; } .mark { display: inline-block; min-width: 22px; color: var(--mute); }
.in2 { margin-left: 24px; } .in3 { margin-left: 48px; } .in4 { margin-left: 72px; } .in5, .in6, .in7, .in8 { margin-left: 96px; }
</style>
)html";

std::string messageHtml(const MessageRow& row) {
    std::string out = "<h2>" + htmlEscaped(speakerOf(row)) + "</h2>\n";
    for (const auto& picture : row.pictures) {
        const auto caption = htmlEscaped(pictureCaption(picture));
        out += "<figure><img src=\"" + htmlEscaped(dataAddress(picture)) + "\" alt=\"" + caption +
               "\"><figcaption>" + caption + "</figcaption></figure>\n";
    }
    if (row.role == Role::assistant)
        out += markdownHtml(markdownBlocks(row.content));
    else
        out += "<div class=\"user\">" + htmlEscaped(row.content) + "</div>\n";
    if (row.status == "cancelled" || row.status == "failed")
        out += "<p class=\"state\">" + htmlEscaped(row.status) + "</p>\n";
    if (const auto numbers = numbersOf(row); !numbers.empty())
        out += "<p class=\"numbers\">" + htmlEscaped(numbers) + "</p>\n";
    return out;
}

}  // namespace

std::string conversationHtml(const ConversationDocument& document) {
    const auto& conversation = document.conversation;
    const std::string title = htmlEscaped(conversation.title);
    std::string out(kHead);
    out += "<title>" + title + "</title>\n</head>\n<body>\n<main>\n<h1>" + title +
           "</h1>\n<p class=\"facts\">" + htmlEscaped(conversation.createdAt) + " · " +
           htmlEscaped(conversation.model);
    for (const auto& tag : conversation.tags)
        out += " · #" + htmlEscaped(tag);
    out += "</p>\n";
    if (!conversation.systemPrompt.empty())
        out += "<h2>System prompt</h2>\n<div class=\"user\">" + htmlEscaped(conversation.systemPrompt) +
               "</div>\n";
    for (const auto& row : document.shown)
        out += messageHtml(row);
    return out + "</main>\n</body>\n</html>\n";
}

}  // namespace engine
