// anven tokenize MODEL (TEXT | --file F | --chat F.json): ids and pieces; with --chat also the rendered
// prompt.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/text_input.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/prompt/prompt_format.h"
#include "engine/tokenizer/tokenizer.h"

namespace app {
namespace {

struct TokenizeOptions {
    std::string model;
    std::optional<std::string> text;
    std::string file;
    std::string chat;
    bool specials = false;
};

struct Tokenized {
    std::vector<engine::TokenId> tokens;
    std::optional<std::string> prompt;  // rendered dialog
};

Result<Tokenized> tokenize(const TokenizeOptions& options, const engine::Tokenizer& tokenizer) {
    if (!options.chat.empty()) {
        auto messages = readDialog(options.chat);
        if (!messages)
            return messages.error();
        auto prompt = engine::renderDialog(*messages, tokenizer, engine::promptFormatFor(tokenizer));
        if (!prompt)
            return prompt.error();
        return Tokenized{std::move(prompt->tokens), std::move(prompt->text)};
    }
    std::string text = options.text.value_or("");
    if (!options.file.empty()) {
        auto content = readText(options.file);
        if (!content)
            return content.error();
        text = std::move(*content);
    }
    return Tokenized{options.specials ? tokenizer.encodeWithSpecials(text) : tokenizer.encode(text),
                     std::nullopt};
}

void print(const Tokenized& result, const engine::Tokenizer& tokenizer, bool json) {
    nlohmann::json tokens = nlohmann::json::array();
    nlohmann::json pieces = nlohmann::json::array();
    for (const auto id : result.tokens) {
        tokens.push_back(engine::raw(id));
        pieces.push_back(tokenizer.bytes(id));
    }
    if (json) {
        nlohmann::json document{{"tokens", tokens}, {"pieces", pieces}, {"count", result.tokens.size()}};
        if (result.prompt)
            document["prompt"] = *result.prompt;
        printJson(document);
        return;
    }
    if (result.prompt)
        std::cout << *result.prompt << "\n\n";
    for (std::size_t i = 0; i < result.tokens.size(); ++i)
        std::cout << tokens[i].dump() << '\t'
                  << pieces[i].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    std::cout << result.tokens.size() << " tokens" << std::endl;
}

}  // namespace

void addTokenize(Commands& commands) {
    auto [command, options] =
        commands.add<TokenizeOptions>("tokenize", "Show how a model's tokenizer cuts a text or a dialog");
    command->add_option("MODEL", options->model, "Model whose tokenizer to use")->required();
    auto* sources = command->add_option_group("source", "What to tokenize");
    sources->add_option("TEXT", options->text, "Text on the command line");
    sources->add_option("--file", options->file, "UTF-8 text file");
    sources->add_option("--chat", options->chat,
                        "Dialog: JSON array of {\"role\", \"content\"}; shows the rendered prompt too");
    sources->require_option(1);
    command->add_flag("--specials", options->specials,
                      "Special tokens spelled out in the text become their ids");
    commands.onChosen(command, [options = options](Context& context) -> Result<void> {
        auto checkpoint = engine::Checkpoint::open(options->model);
        if (!checkpoint)
            return checkpoint.error();
        auto tokenizer = engine::Tokenizer::load(**checkpoint);
        if (!tokenizer)
            return tokenizer.error();
        auto result = tokenize(*options, **tokenizer);
        if (!result)
            return result.error();
        print(*result, **tokenizer, context.json);
        return {};
    });
}

}  // namespace app
