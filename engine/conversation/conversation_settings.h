#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/prompt/tool_definitions.h"

namespace engine {

/// What belongs to one conversation besides its messages; kept as JSON in its row.
struct ConversationSettings {
    std::string tools;  ///< function definitions as the person wrote them, valid or not yet
    ToolPlace toolPlace = ToolPlace::systemPrompt;
    std::int64_t droppedTurns = 0;  ///< oldest turns that are no longer sent
    std::int64_t context = 0;       ///< tokens; 0 = the model's default
    bool operator==(const ConversationSettings&) const = default;
};

std::string settingsJson(const ConversationSettings& settings);
/// What is missing or makes no sense keeps its default.
ConversationSettings settingsFromJson(std::string_view json);

}  // namespace engine
