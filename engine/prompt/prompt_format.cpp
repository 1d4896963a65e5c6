#include "engine/prompt/prompt_format.h"

#include <nlohmann/json.hpp>

#include "engine/checkpoint/untrusted_text.h"
#include "engine/prompt/dialog_writer.h"

namespace engine {

std::string_view name(Role role) {
    constexpr std::string_view kNames[] = {"system", "user", "assistant", "ipython"};
    return kNames[static_cast<std::size_t>(role)];
}

Result<Role> roleFromName(std::string_view text) {
    for (const auto role : {Role::system, Role::user, Role::assistant, Role::ipython})
        if (name(role) == text)
            return role;
    if (text == "tool")
        return Role::ipython;
    const bool showable = text.size() <= 40 && isPlainName(text);
    return Error{ErrorCode::invalidInput, "role " +
                                              (showable ? "'" + std::string(text) + "' " : std::string()) +
                                              "is none of system, user, assistant, ipython"};
}

std::string_view name(PromptFormat format) {
    constexpr std::string_view kNames[] = {"llama3", "chatml", "plain"};
    return kNames[static_cast<std::size_t>(format)];
}

PromptFormat promptFormatFor(const Tokenizer& tokenizer) {
    if (tokenizer.special("<|start_header_id|>") && tokenizer.special("<|eot_id|>"))
        return PromptFormat::llama3;
    return tokenizer.special("<|im_start|>") ? PromptFormat::chatml : PromptFormat::plain;
}

SharedImages imagesOf(std::span<const Message> messages) {
    SharedImages images;
    for (const auto& message : messages)
        images.insert(images.end(), message.images.begin(), message.images.end());
    return images;
}

Error toolsWithImages() {
    return {ErrorCode::unsupported,
            "the family's vision models do not use tools and images together; leave out one of them"};
}

namespace {

Result<void> acceptsImages(std::span<const Message> messages, const Tokenizer& tokenizer,
                           PromptFormat format) {
    if (imagesOf(messages).empty())
        return {};
    if (format == PromptFormat::chatml || !tokenizer.special(kImageToken))
        return Error{ErrorCode::unsupported,
                     "this model's prompts have no place for images; choose a vision model"};
    for (const auto& message : messages) {
        if (message.role == Role::ipython)
            return toolsWithImages();
        if (message.role != Role::user && !message.images.empty())
            return Error{ErrorCode::unsupported, "images belong to user messages, not to those of the " +
                                                     std::string(name(message.role))};
    }
    return {};
}

}  // namespace

Result<RenderedPrompt> renderDialog(std::span<const Message> messages, const Tokenizer& tokenizer,
                                    PromptFormat format) {
    if (messages.empty())
        return Error{ErrorCode::invalidInput, "the dialog has no messages; give at least one user message"};
    if (auto ok = acceptsImages(messages, tokenizer, format); !ok)
        return ok.error();
    switch (format) {
        case PromptFormat::llama3:
            return renderLlama3(messages, tokenizer);
        case PromptFormat::chatml:
            return renderChatml(messages, tokenizer);
        case PromptFormat::plain:
            break;
    }
    return renderPlain(messages, tokenizer);
}

RenderedPrompt renderCompletion(std::string_view text, const Tokenizer& tokenizer, std::size_t images) {
    DialogWriter out(tokenizer);
    out.beginOfText();
    out.images(images);
    if (!text.empty())
        out.text(text);
    return out.take();
}

Result<std::vector<Message>> messagesFromJson(std::string_view text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    const auto& list = json.is_object() && json.contains("messages") ? json["messages"] : json;
    if (!list.is_array())
        return Error{
            ErrorCode::invalidInput,
            "the dialog is not a JSON array of messages like [{\"role\": \"user\", \"content\": \"Hi\"}]"};
    std::vector<Message> messages;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& item = list[i];
        if (!item.is_object() || !item.contains("role") || !item["role"].is_string() ||
            !item.contains("content") || !item["content"].is_string())
            return Error{ErrorCode::invalidInput,
                         "message " + std::to_string(i + 1) + " lacks a text role or content"};
        auto role = roleFromName(item["role"].get<std::string>());
        if (!role)
            return role.error().in("message " + std::to_string(i + 1));
        messages.push_back({*role, item["content"].get<std::string>()});
    }
    if (messages.empty())
        return Error{ErrorCode::invalidInput, "the dialog has no messages; give at least one user message"};
    return messages;
}

}  // namespace engine
