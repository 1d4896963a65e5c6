#include "engine/conversation/conversation_dialog.h"

#include <algorithm>

namespace engine {
namespace {

constexpr std::int64_t kFrameTokens = 6;  // header, role and end of a message in the Llama 3 format

/// Prompt and answer together, as the answer's metrics tell; 0 without them.
std::int64_t measuredTokens(const MessageRow& row) {
    const auto json = nlohmann::json::parse(row.metrics, nullptr, false);
    if (row.role != Role::assistant || !json.is_object())
        return 0;
    std::int64_t sum = 0;
    for (const char* key : {"prompt_tokens", "generated_tokens"}) {
        const auto at = json.find(key);
        if (at == json.end() || !at->is_number_integer())
            return 0;
        sum += at->get<std::int64_t>();
    }
    return sum;
}

bool saysSomething(const MessageRow& row) {
    return row.status != "failed" && row.status != "draft" && (!row.content.empty() || !row.pictures.empty());
}

}  // namespace

std::size_t firstSent(std::span<const MessageRow> path, std::int64_t droppedTurns) {
    std::size_t first = 0;
    std::int64_t turns = 0;
    std::size_t lastUser = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i].role != Role::user)
            continue;
        lastUser = i;
        if (turns++ <= droppedTurns)
            first = i;
    }
    return droppedTurns > 0 ? std::min(first, lastUser) : 0;
}

bool Dialog::hasPictures() const {
    return std::any_of(pictures.begin(), pictures.end(), [](const auto& all) { return !all.empty(); });
}

Dialog dialogOf(const std::string& systemPrompt, const ConversationSettings& settings,
                std::span<const MessageRow> path) {
    const auto tools = toolDefinitions(settings.tools);
    Dialog dialog;
    dialog.offersTools = tools && !tools->empty();
    const auto add = [&](Role role, const std::string& text, const std::vector<PictureRow>& pictures) {
        dialog.messages.push_back({role, text});
        dialog.pictures.push_back(pictures);
    };
    std::string system = systemPrompt;
    if (dialog.offersTools && settings.toolPlace == ToolPlace::systemPrompt)
        system += (system.empty() ? "" : "\n\n") + toolSystemPrompt(*tools);
    if (!system.empty())
        add(Role::system, system, {});
    for (const auto& row : path.subspan(std::min(firstSent(path, settings.droppedTurns), path.size())))
        if (saysSomething(row))
            add(row.role, row.content, row.pictures);
    if (dialog.offersTools && settings.toolPlace == ToolPlace::userPrompt) {
        auto& messages = dialog.messages;
        const auto question = std::find_if(messages.rbegin(), messages.rend(),
                                           [](const auto& message) { return message.role == Role::user; });
        if (question != messages.rend())
            question->content = toolUserPrompt(*tools, question->content);
    }
    return dialog;
}

std::int64_t estimatedTokens(std::string_view text) {
    return static_cast<std::int64_t>(text.size()) / 3 + kFrameTokens;
}

std::vector<std::int64_t> turnTokens(std::span<const MessageRow> path) {
    std::vector<std::int64_t> turns;
    std::int64_t before = 0;  // measured up to the end of the turn before
    std::int64_t estimate = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i].role == Role::user || turns.empty()) {
            turns.push_back(0);
            estimate = 0;
        }
        estimate += saysSomething(path[i]) ? estimatedTokens(path[i].content) : 0;
        const auto measured = measuredTokens(path[i]);
        turns.back() = measured > before ? measured - before : estimate;
        const bool lastOfTurn = i + 1 == path.size() || path[i + 1].role == Role::user;
        if (lastOfTurn)
            before = std::max(before + turns.back(), measured);
    }
    return turns;
}

std::int64_t tokensUsed(std::span<const MessageRow> path) {
    for (auto row = path.rbegin(); row != path.rend(); ++row)
        if (const auto measured = measuredTokens(*row); measured > 0)
            return measured;
    return 0;
}

}  // namespace engine
