#include "engine/prompt/dialog_writer.h"

namespace engine {

// Models without chat tokens continue a transcript; a line ends a turn.
RenderedPrompt renderPlain(std::span<const Message> messages, const Tokenizer& tokenizer) {
    std::string transcript;
    for (const auto& message : messages) {
        switch (message.role) {
            case Role::system:
                transcript += message.content + "\n";
                break;
            case Role::user:
            case Role::ipython:
                transcript += "User: " + message.content + "\n";
                break;
            case Role::assistant:
                // Answers begin with the space that follows the colon.
                transcript += "Bot:" + (message.content.starts_with(' ') ? "" : std::string(" ")) +
                              message.content + "\n";
                break;
        }
    }
    DialogWriter out(tokenizer);
    out.beginOfText();
    out.text(transcript + "Bot:");
    out.stopString("\n");
    return out.take();
}

}  // namespace engine
