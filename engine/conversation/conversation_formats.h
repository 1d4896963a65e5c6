#pragma once

#include <span>

#include "engine/store/store.h"

namespace engine {

/// A conversation as it is exported.
struct ConversationDocument {
    ConversationRow conversation;
    std::vector<MessageRow> messages;  ///< every branch, oldest first; no drafts
    std::vector<MessageRow> shown;     ///< the branch that is shown, first message first
};

struct ConversationFormat {
    std::string_view format;  ///< the file's ending: "md"
    std::string_view description;
    std::string (*write)(const ConversationDocument& document);
};

/// Markdown, JSON (every branch) and HTML (one file, loads nothing).
std::span<const ConversationFormat> conversationFormats();
std::string conversationHtml(const ConversationDocument& document);
/// A picture as an address that holds it: "data:image/png;base64,…".
std::string dataAddress(const PictureRow& picture);
/// A picture's name, size and bytes for people: "chart.png, 512 x 384 pixels".
std::string pictureCaption(const PictureRow& picture);
/// Who said a message, for people: "You", the model's name, "Result of a function".
std::string speakerOf(const MessageRow& row);
/// An answer's numbers in one line: "TTFT 212 ms · 31.4 tok/s · 184 tokens"; empty without any.
std::string numbersOf(const MessageRow& row);

/// Errors: notFound for an id that is not there, io, corrupt.
Result<ConversationDocument> conversationDocument(Store& store, std::int64_t id);
/// Writes a conversation in the format that the file's ending names, whole or not at all. Errors: as
/// conversationDocument; unsupported for another ending; io.
Result<void> exportConversation(Store& store, std::int64_t id, const std::filesystem::path& file);

}  // namespace engine
