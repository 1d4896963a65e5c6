#include "engine/conversation/conversation_formats.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/conversation/message_tree.h"
#include "engine/report/metric_catalog.h"
#include "engine/tokenizer/base64.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;

std::string oneLine(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

/// Text that stands between brackets of Markdown.
std::string bracketed(const std::string& text) {
    std::string out;
    for (const char c : oneLine(text)) {
        if (c == '[' || c == ']' || c == '\\')
            out += '\\';
        out += c;
    }
    return out;
}

std::string markdown(const ConversationDocument& document) {
    const auto& conversation = document.conversation;
    std::string out = "# " + oneLine(conversation.title) + "\n\n";
    out += "- Begun: " + conversation.createdAt + "\n- Model: `" + oneLine(conversation.model) + "`\n";
    if (!conversation.tags.empty()) {
        out += "- Tags:";
        for (const auto& tag : conversation.tags)
            out += " #" + tag;
        out += "\n";
    }
    if (!conversation.systemPrompt.empty())
        out += "\n## System prompt\n\n" + conversation.systemPrompt + "\n";
    for (const auto& row : document.shown) {
        out += "\n## " + oneLine(speakerOf(row)) + "\n\n";
        for (const auto& picture : row.pictures)
            out += "![" + bracketed(pictureCaption(picture)) + "](" + dataAddress(picture) + ")\n\n";
        out += row.content + "\n";
        if (row.status == "cancelled" || row.status == "failed")
            out += "\n*" + row.status + "*\n";
        if (const auto numbers = numbersOf(row); !numbers.empty())
            out += "\n*" + numbers + "*\n";
    }
    return out;
}

Json messageJson(const MessageRow& row) {
    Json json = {{"id", row.id},           {"parent", row.parentId ? Json(*row.parentId) : Json()},
                 {"role", name(row.role)}, {"content", row.content},
                 {"status", row.status},   {"created_at", row.createdAt}};
    for (const auto& picture : row.pictures)
        json["pictures"].push_back({{"name", picture.name},
                                    {"media_type", picture.mediaType},
                                    {"width", picture.width},
                                    {"height", picture.height},
                                    {"sha256", picture.sha256},
                                    {"base64", encodeBase64(*picture.content)}});
    if (!row.model.empty())
        json["model"] = row.model;
    if (auto metrics = Json::parse(row.metrics, nullptr, false); metrics.is_object())
        json["metrics"] = std::move(metrics);
    return json;
}

std::string json(const ConversationDocument& document) {
    const auto& conversation = document.conversation;
    Json out = {{"title", conversation.title},
                {"model", conversation.model},
                {"system_prompt", conversation.systemPrompt},
                {"created_at", conversation.createdAt},
                {"updated_at", conversation.updatedAt},
                {"tags", conversation.tags}};
    if (auto settings = Json::parse(conversation.settings, nullptr, false); settings.is_object())
        out["settings"] = std::move(settings);
    out["shown"] = Json::array();
    for (const auto& row : document.shown)
        out["shown"].push_back(row.id);
    out["messages"] = Json::array();
    for (const auto& row : document.messages)
        out["messages"].push_back(messageJson(row));
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

constexpr ConversationFormat kFormats[] = {
    {"md", "Markdown, the branch that is shown", markdown},
    {"json", "JSON with every branch and all numbers", json},
    {"html", "HTML, one file to read or print", conversationHtml},
};

Result<void> writeWhole(const std::filesystem::path& file, const std::string& text) {
    const std::filesystem::path part = file.string() + ".part";
    std::error_code error;
    {
        std::ofstream out(part, std::ios::binary);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        out.flush();
        if (!out) {
            std::filesystem::remove(part, error);
            return Error{
                ErrorCode::io,
                file.string() + " cannot be written; choose a folder with room that you may write to"};
        }
    }
    std::filesystem::rename(part, file, error);
    if (!error)
        return {};
    const std::string reason = error.message();
    std::filesystem::remove(part, error);
    return Error{ErrorCode::io, file.string() + " cannot be written (" + reason + "); choose another place"};
}

}  // namespace

std::span<const ConversationFormat> conversationFormats() {
    return kFormats;
}

std::string dataAddress(const PictureRow& picture) {
    return "data:" + picture.mediaType + ";base64," + encodeBase64(*picture.content);
}

std::string pictureCaption(const PictureRow& picture) {
    std::string caption = picture.name.empty() ? "picture" : picture.name;
    if (picture.width > 0)
        caption += ", " + std::to_string(picture.width) + " x " + std::to_string(picture.height) + " pixels";
    return caption;
}

std::string speakerOf(const MessageRow& row) {
    switch (row.role) {
        case Role::user:
            return "You";
        case Role::ipython:
            return "Result of a function";
        case Role::system:
            return "System";
        case Role::assistant:
            break;
    }
    return row.model.empty() ? "Answer" : row.model;
}

std::string numbersOf(const MessageRow& row) {
    const auto metrics = nlohmann::json::parse(row.metrics, nullptr, false);
    if (!metrics.is_object())
        return {};
    std::string line;
    const auto add = [&](const std::string& part) { line += (line.empty() ? "" : " · ") + part; };
    const auto number = [&](const char* key) {
        const auto at = metrics.find(key);
        return at != metrics.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
    };
    if (const auto ttft = number("ttft_ms"))
        add("TTFT " + formatMetric("ttft_ms", *ttft));
    if (const auto images = number("image_encode_ms"))
        add("images " + formatMetric("image_encode_ms", *images));
    if (const auto speed = number("decode_tokens_per_s"))
        add(formatMetric("decode_tokens_per_s", *speed));
    if (const auto tokens = number("generated_tokens"))
        add(std::to_string(static_cast<std::int64_t>(*tokens)) + (*tokens == 1.0 ? " token" : " tokens"));
    return line;
}

Result<ConversationDocument> conversationDocument(Store& store, std::int64_t id) {
    auto all = store.conversations();
    if (!all)
        return all.error();
    const auto row = std::find_if(all->begin(), all->end(), [&](const auto& at) { return at.id == id; });
    if (row == all->end())
        return Error{ErrorCode::notFound,
                     "conversation " + std::to_string(id) + " is not in " + store.file().string()};
    auto messages = store.messages(id);
    if (!messages)
        return messages.error();
    ConversationDocument document{*row, {}, {}};
    MessageTree tree;
    for (auto& message : *messages) {
        if (message.status == "draft")
            continue;
        tree.add(static_cast<MessageTree::Key>(message.id),
                 static_cast<MessageTree::Key>(message.parentId.value_or(0)));
        document.messages.push_back(std::move(message));
    }
    tree.show(static_cast<MessageTree::Key>(row->leafId.value_or(0)));
    for (const auto key : tree.shownPath())
        for (const auto& message : document.messages)
            if (message.id == static_cast<std::int64_t>(key))
                document.shown.push_back(message);
    return document;
}

Result<void> exportConversation(Store& store, std::int64_t id, const std::filesystem::path& file) {
    const std::string ending = file.extension().string();
    for (const auto& format : kFormats) {
        if (ending != "." + std::string(format.format))
            continue;
        auto document = conversationDocument(store, id);
        if (!document)
            return document.error();
        return writeWhole(file, format.write(*document));
    }
    return Error{ErrorCode::unsupported,
                 file.string() + ": conversations are written as .md, .json or .html; end the name with one"};
}

}  // namespace engine
