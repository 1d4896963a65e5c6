// The index of what was said (FTS5).
#include <unordered_set>

#include "engine/store/store_state.h"

namespace engine {
namespace {

constexpr int kMostHits = 400;
constexpr std::size_t kMostWords = 16;

/// Something that the index's tokenizer makes a word of: a letter or digit, or a character beyond ASCII.
bool hasWord(const std::string& text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

/// Words as quoted texts, so that nothing a person types is an operator; the last one may go on.
std::string questionOf(const std::string& text) {
    std::string question;
    std::size_t words = 0;
    for (std::size_t at = 0; at < text.size() && words < kMostWords;) {
        const auto start = text.find_first_not_of(" \t\r\n", at);
        if (start == std::string::npos)
            break;
        at = std::min(text.find_first_of(" \t\r\n", start), text.size());
        const std::string word = text.substr(start, at - start);
        if (!hasWord(word))
            continue;
        ++words;
        question += question.empty() ? "\"" : " \"";
        for (const char c : word)
            question += c == '"' ? std::string("\"\"") : c == '\0' ? std::string(" ") : std::string(1, c);
        question += '"';
    }
    return question.empty() ? question : question + "*";
}

}  // namespace

Result<std::vector<MessageHit>> Store::searchMessages(const std::string& text) {
    std::vector<MessageHit> hits;
    const std::string question = questionOf(text);
    if (question.empty())
        return hits;
    sqlite::Statement select(
        state_->connection,
        "SELECT message.conversation_id, message.id, snippet(message_text, 0, char(2), char(3), '…', 12) "
        "FROM message_text JOIN message ON message.id = message_text.rowid "
        "WHERE message_text MATCH ? ORDER BY bm25(message_text), message.id DESC LIMIT ?");
    select.bind(question).bind(kMostHits);
    std::unordered_set<std::int64_t> found;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            return hits;
        if (found.insert(select.integer(0)).second)
            hits.push_back({select.integer(0), select.integer(1), select.text(2)});
    }
}

}  // namespace engine
