#include "engine/markdown/markdown_segments.h"

#include <algorithm>

namespace engine {
namespace {

constexpr std::string_view kBlank = " \t\r";

struct Fence {
    char mark = '\0';
    std::size_t length = 0;
    bool quoted = false;
    bool indented = false;
    bool open() const { return mark != '\0'; }
};

std::string_view withoutIndent(std::string_view line) {
    const auto at = line.find_first_not_of(kBlank);
    return at == std::string_view::npos ? std::string_view() : line.substr(at);
}

std::size_t runLength(std::string_view text, char mark) {
    const auto end = text.find_first_not_of(mark);
    return end == std::string_view::npos ? text.size() : end;
}

bool startsList(std::string_view line) {
    if (line.empty())
        return false;
    std::size_t at = 0;
    if (line[0] == '-' || line[0] == '*' || line[0] == '+') {
        at = 1;
    } else {
        while (at < line.size() && line[at] >= '0' && line[at] <= '9')
            ++at;
        if (at == 0 || at >= line.size() || (line[at] != '.' && line[at] != ')'))
            return false;
        ++at;
    }
    return at >= line.size() || kBlank.find(line[at]) != std::string_view::npos;
}

/// A beginning of a line that may yet become a list's mark.
bool mayBecomeList(std::string_view partial) {
    return partial.empty() || (partial[0] >= '0' && partial[0] <= '9') || partial[0] == '-' ||
           partial[0] == '*' || partial[0] == '+';
}

/// Walks over the lines and remembers what the next one may belong to.
class SegmentScanner {
public:
    std::size_t scan(std::string_view text) {
        std::size_t at = 0;
        while (at < text.size()) {
            const auto end = text.find('\n', at);
            const bool whole = end != std::string_view::npos;
            const auto line = text.substr(at, whole ? end - at : std::string_view::npos);
            if (!fence_.open() && mayBegin(line, whole)) {
                finished_ = at;
                list_ = startsList(line);
            }
            if (!whole)
                break;
            at = end + 1;
            take(line, at);
        }
        return finished_;
    }

private:
    /// Whether a block begins with this line for certain.
    bool mayBegin(std::string_view line, bool whole) const {
        if (line.empty() || kBlank.find(line[0]) != std::string_view::npos || !(afterBlank_ || first_))
            return false;
        if (!whole && mayBecomeList(line))
            return false;
        return !(list_ && startsList(line));
    }

    void take(std::string_view line, std::size_t next) {
        first_ = false;
        const bool quoted = line.starts_with('>');
        if (fence_.open() && fence_.quoted && !quoted)
            fence_ = {};
        auto inner = withoutIndent(line);
        const auto indent = static_cast<std::size_t>(inner.data() - line.data());
        while (inner.starts_with('>'))
            inner = withoutIndent(inner.substr(1));
        if (fence_.open()) {
            const auto run = runLength(inner, fence_.mark);
            if (run >= fence_.length && withoutIndent(inner.substr(run)).empty()) {
                if (!fence_.quoted && !fence_.indented && !list_)
                    finished_ = next;
                fence_ = {};
                first_ = !list_;
            }
            afterBlank_ = false;
            return;
        }
        afterBlank_ = inner.empty() && !quoted;
        const bool mayFence = inner.starts_with("```") || inner.starts_with("~~~");
        if (!mayFence || (!inner.empty() && indent > 3 && !list_))
            return;
        const auto run = runLength(inner, inner[0]);
        if (inner[0] == '`' && inner.substr(run).find('`') != std::string_view::npos)
            return;
        fence_ = {inner[0], run, quoted, indent > 0};
    }

    std::size_t finished_ = 0;
    Fence fence_;
    bool list_ = false;
    bool afterBlank_ = false;
    bool first_ = true;
};

}  // namespace

std::size_t finishedMarkdown(std::string_view text) {
    return SegmentScanner().scan(text);
}

}  // namespace engine
