#include "engine/prompt/dialog_writer.h"

namespace engine {

// Source: llama-models models/llama3/chat_format.py. Role and "\n\n" are encoded apart; content is not
// trimmed.
RenderedPrompt renderLlama3(std::span<const Message> messages, const Tokenizer& tokenizer) {
    DialogWriter out(tokenizer);
    const auto header = [&](std::string_view role) {
        out.special("<|start_header_id|>");
        out.text(role);
        out.special("<|end_header_id|>");
        out.text("\n\n");
    };
    out.special("<|begin_of_text|>");
    for (const auto& message : messages) {
        header(name(message.role));
        out.images(message.images.size());
        out.text(message.content);
        out.special("<|eot_id|>");
    }
    header(name(Role::assistant));
    return out.take();
}

}  // namespace engine
