#include "engine/prompt/dialog_writer.h"

namespace engine {

// Models without chat tokens continue a transcript; a line ends a turn.
RenderedPrompt renderPlain(std::span<const Message> messages, const Tokenizer& tokenizer) {
    DialogWriter out(tokenizer);
    out.beginOfText();
    std::string transcript;
    for (const auto& message : messages) {
        if (!message.images.empty()) {
            if (!transcript.empty())
                out.text(transcript);
            transcript.clear();
            out.images(message.images.size());
        }
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
    out.text(transcript + "Bot:");
    out.stopString("\n");
    return out.take();
}

}  // namespace engine
