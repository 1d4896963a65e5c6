#include "engine/demo/phrase_grammar.h"

#include <cassert>

#include "engine/base/mapped_file.h"

namespace engine::demo {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// A slot's parts: {^a $name^}.
struct Slot {
    bool article = false;
    bool capital = false;
    bool bound = false;
    std::string_view name;

    explicit Slot(std::string_view inner) : name(inner) {
        capital = name.find('^') != std::string_view::npos;
        if (name.starts_with('^'))
            name.remove_prefix(1);
        if (name.starts_with("a ") || name.starts_with("a^ ")) {
            article = true;
            name.remove_prefix(name.find(' ') + 1);
        }
        bound = name.starts_with('$');
        if (bound)
            name.remove_prefix(1);
        if (name.starts_with('^'))
            name.remove_prefix(1);
        if (name.ends_with('^'))
            name.remove_suffix(1);
    }
};

}  // namespace

std::string withArticle(const std::string& word) {
    const bool vowel =
        !word.empty() && std::string_view("aeiouAEIOU").find(word[0]) != std::string_view::npos;
    return (vowel && !word.starts_with("uni") ? "an " : "a ") + word;
}

std::string capitalized(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

Result<PhraseGrammar> PhraseGrammar::read(const std::filesystem::path& file) {
    auto mapped = MappedFile::open(file);
    if (!mapped)
        return mapped.error();
    const auto bytes = (*mapped)->bytes();
    return parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
}

Result<PhraseGrammar> PhraseGrammar::parse(std::string_view text, const std::string& file) {
    // Lines that begin with a space go on with the phrase before.
    PhraseGrammar grammar;
    std::string name, body;
    const auto finish = [&] {
        if (name.empty())
            return;
        auto& forms = grammar.phrases_[name];
        for (std::size_t begin = 0; begin <= body.size();) {
            const auto end = std::min(body.find('|', begin), body.size());
            if (const auto form = trimmed(std::string_view(body).substr(begin, end - begin)); !form.empty())
                forms.emplace_back(form);
            begin = end + 1;
        }
    };
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (trimmed(line).empty() || line.starts_with('#'))
            continue;
        if (line.starts_with(' ')) {
            body.append(" ").append(trimmed(line));
            continue;
        }
        finish();
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos)
            return Error{ErrorCode::corrupt,
                         file + ":" + std::to_string(number) + ": expected \"name: form | form\""};
        name = line.substr(0, colon);
        body = line.substr(colon + 2);
    }
    finish();
    if (auto ok = grammar.check(file); !ok)
        return ok.error();
    return grammar;
}

Result<void> PhraseGrammar::check(const std::string& file) const {
    for (const auto& [phrase, forms] : phrases_)
        for (const auto& form : forms)
            for (std::size_t at = 0; (at = form.find('{', at)) != std::string::npos; ++at) {
                const auto end = form.find('}', at);
                const Slot inner(
                    std::string_view(form).substr(at + 1, end == std::string::npos ? end : end - at - 1));
                if (end == std::string::npos || (!inner.bound && !has(inner.name)))
                    return Error{ErrorCode::corrupt,
                                 file + ": phrase '" + phrase +
                                     "' has a slot that nothing fills: " + form.substr(at, 40)};
            }
    return {};
}

const std::vector<std::string>& PhraseGrammar::forms(std::string_view phrase) const {
    return phrases_.find(phrase)->second;
}

std::string PhraseGrammar::say(std::string_view phrase, const Bindings& bindings, Chance& chance) const {
    return fill(chance.pick(forms(phrase)), bindings, chance);
}

std::string PhraseGrammar::slot(std::string_view inner, const Bindings& bindings, Chance& chance) const {
    const Slot parts(inner);
    std::string value;
    if (parts.bound) {
        const auto at = bindings.find(parts.name);
        assert(at != bindings.end());
        value = at == bindings.end() ? std::string() : at->second;
    } else {
        value = say(parts.name, bindings, chance);
    }
    if (parts.article)
        value = withArticle(value);
    return parts.capital ? capitalized(value) : value;
}

std::string PhraseGrammar::fill(std::string_view text, const Bindings& bindings, Chance& chance) const {
    std::string result;
    while (!text.empty()) {
        const auto open = std::min(text.find('{'), text.size());
        result.append(text.substr(0, open));
        text.remove_prefix(open);
        if (text.empty())
            break;
        const auto close = text.find('}');
        result += slot(text.substr(1, close - 1), bindings, chance);
        text.remove_prefix(close + 1);
    }
    return result;
}

}  // namespace engine::demo
