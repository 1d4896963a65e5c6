#include "engine/prompt/dialog_writer.h"

namespace engine {

// Qwen2.5's form. Its template adds a default system message; here only what the person wrote goes in.
RenderedPrompt renderChatml(std::span<const Message> messages, const Tokenizer& tokenizer) {
    DialogWriter out(tokenizer);
    for (const auto& message : messages) {
        out.special("<|im_start|>");
        if (message.role == Role::ipython) {  // tool results stand in a user turn
            out.text("user\n<tool_response>\n" + message.content + "\n</tool_response>");
        } else {
            out.text(std::string(name(message.role)) + "\n" + message.content);
        }
        out.special("<|im_end|>");
        out.text("\n");
    }
    out.special("<|im_start|>");
    out.text("assistant\n");
    return out.take();
}

}  // namespace engine
