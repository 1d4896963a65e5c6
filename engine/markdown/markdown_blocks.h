#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Text of one look within a block. Line ends are hard breaks.
struct MarkdownSpan {
    std::string text;
    bool bold = false;
    bool italic = false;
    bool strike = false;
    bool code = false;
    std::string link = {};  ///< address; empty for none
    bool operator==(const MarkdownSpan&) const = default;
};

enum class MarkdownKind { paragraph, heading, listItem, code, table, rule };
enum class MarkdownTask { none, open, done };
enum class MarkdownAlign { left, center, right };

struct MarkdownCell {
    std::vector<MarkdownSpan> spans;
    MarkdownAlign align = MarkdownAlign::left;
    bool operator==(const MarkdownCell&) const = default;
};

/// One block of a text, with the containers around it as depths: what a renderer needs, in reading order.
struct MarkdownBlock {
    MarkdownKind kind = MarkdownKind::paragraph;
    int level = 0;       ///< of a heading, 1 to 6
    int quoteDepth = 0;  ///< block quotes around it
    int listDepth = 0;   ///< lists around it; a paragraph with one continues the item above
    bool ordered = false;
    std::int64_t number = 0;  ///< of an ordered item
    MarkdownTask task = MarkdownTask::none;
    std::vector<MarkdownSpan> spans;              ///< paragraph, heading, listItem
    std::string language;                         ///< code: the first word after the fence
    std::string text;                             ///< code
    std::vector<std::vector<MarkdownCell>> rows;  ///< table; the first row is the header
    bool operator==(const MarkdownBlock&) const = default;
};

/// Blocks of CommonMark with tables, strike-through, task lists and plain addresses as links. Raw HTML is
/// text, a picture is its words. Text beyond 1 MiB comes as one paragraph.
std::vector<MarkdownBlock> markdownBlocks(std::string_view text);

/// Whether an address is of a kind that a person may be asked to open: http, https, mailto.
bool isOpenableLink(std::string_view address);

}  // namespace engine
