#pragma once

#include <span>

#include "engine/conversation/conversation_settings.h"
#include "engine/store/store.h"

namespace engine {

/// What a model is sent of a conversation.
struct Dialog {
    std::vector<Message> messages;                  ///< without images: pictures are decoded later
    std::vector<std::vector<PictureRow>> pictures;  ///< of each message
    bool offersTools = false;                       ///< functions are defined in the messages

    bool hasPictures() const;
};

/// What a model reads of a conversation: the system prompt, the functions it may ask for, and the messages of
/// `path` that said something (failed answers and drafts did not), without the oldest turns that were
/// dropped. Functions that do not parse are left out: toolDefinitions() says why.
Dialog dialogOf(const std::string& systemPrompt, const ConversationSettings& settings,
                std::span<const MessageRow> path);

/// The first message of `path` that is still sent when the oldest `droppedTurns` turns are not; never later
/// than the last question.
std::size_t firstSent(std::span<const MessageRow> path, std::int64_t droppedTurns);

/// Tokens of each turn (a user message and what follows it), from the counts that were measured with the
/// answers and an estimate (3 bytes a token) where there are none.
std::vector<std::int64_t> turnTokens(std::span<const MessageRow> path);

/// An estimate for text that was not counted: 3 bytes a token, and a message's frame.
std::int64_t estimatedTokens(std::string_view text);

/// Tokens in use after the last measured answer of `path`; 0 when none was measured.
std::int64_t tokensUsed(std::span<const MessageRow> path);

}  // namespace engine
