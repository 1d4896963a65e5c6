#include "engine/conversation/conversation_settings.h"

namespace engine {

std::string settingsJson(const ConversationSettings& settings) {
    const nlohmann::json json = {{"tools", settings.tools},
                                 {"tool_place", name(settings.toolPlace)},
                                 {"dropped_turns", settings.droppedTurns},
                                 {"context", settings.context}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ConversationSettings settingsFromJson(std::string_view text) {
    ConversationSettings settings;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object())
        return settings;
    const auto count = [&](const char* key) {
        const auto at = json.find(key);
        const bool usable = at != json.end() && at->is_number_integer();
        return usable ? std::max<std::int64_t>(0, at->get<std::int64_t>()) : 0;
    };
    if (const auto tools = json.find("tools"); tools != json.end() && tools->is_string())
        settings.tools = tools->get<std::string>();
    if (const auto place = json.find("tool_place"); place != json.end() && *place == "user")
        settings.toolPlace = ToolPlace::userPrompt;
    settings.droppedTurns = count("dropped_turns");
    settings.context = count("context");
    return settings;
}

}  // namespace engine
