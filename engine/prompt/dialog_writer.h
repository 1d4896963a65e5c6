#pragma once

#include <string>
#include <string_view>

#include "engine/prompt/prompt_format.h"

namespace engine {

/// Stands for an image where its message's text begins.
inline constexpr std::string_view kImageToken = "<|image|>";

/// Collects a prompt's tokens and its readable text side by side.
class DialogWriter {
public:
    explicit DialogWriter(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

    /// Ordinary text; special tokens spelled out in it stay text.
    void text(std::string_view text) {
        const auto ids = tokenizer_.encode(text);
        prompt_.tokens.insert(prompt_.tokens.end(), ids.begin(), ids.end());
        prompt_.text += text;
    }
    /// A special token by name; nothing when the vocabulary lacks it.
    void special(std::string_view name) {
        if (const auto id = tokenizer_.special(name)) {
            prompt_.tokens.push_back(*id);
            prompt_.text += name;
        }
    }
    void images(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            special(kImageToken);
    }
    void beginOfText() {
        if (const auto id = tokenizer_.beginOfText(); id && tokenizer_.addsBeginOfText()) {
            prompt_.tokens.push_back(*id);
            prompt_.text += tokenizer_.bytes(*id);
        }
    }
    void stopString(std::string text) { prompt_.stopStrings.push_back(std::move(text)); }
    RenderedPrompt take() { return std::move(prompt_); }

private:
    const Tokenizer& tokenizer_;
    RenderedPrompt prompt_;
};

RenderedPrompt renderLlama3(std::span<const Message> messages, const Tokenizer& tokenizer);
RenderedPrompt renderChatml(std::span<const Message> messages, const Tokenizer& tokenizer);
RenderedPrompt renderPlain(std::span<const Message> messages, const Tokenizer& tokenizer);

}  // namespace engine
