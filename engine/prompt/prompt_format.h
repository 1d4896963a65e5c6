#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/model/model_config.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/vision/image_resize.h"

namespace engine {

enum class Role { system, user, assistant, ipython };

std::string_view name(Role role);
/// Errors: invalidInput for anything but system, user, assistant, ipython (or "tool", which means ipython).
Result<Role> roleFromName(std::string_view name);

using SharedImages = std::vector<std::shared_ptr<const RgbImage>>;

struct Message {
    Role role = Role::user;
    std::string content;
    /// Stand before the content; each becomes one <|image|> token. The models look at the last image (and
    /// those directly before it) only.
    SharedImages images{};
    bool operator==(const Message&) const = default;
};

/// How a dialog becomes tokens. Written in C++; a template found in a model file is never executed.
enum class PromptFormat {
    llama3,  ///< header tokens, four roles
    chatml,  ///< <|im_start|>role …<|im_end|>
    plain,   ///< "User: …\nBot:" lines, for models whose tokenizer has neither set of special tokens
};

std::string_view name(PromptFormat format);

/// The format that the tokenizer's special tokens call for.
PromptFormat promptFormatFor(const Tokenizer& tokenizer);

struct RenderedPrompt {
    std::vector<TokenId> tokens;
    std::string text;                      ///< readable form, special tokens spelled out
    std::vector<std::string> stopStrings;  ///< texts that end the answer (plain: "\n")
};

/// A dialog ready to be answered: begin-of-text, messages, assistant header. Message text never yields
/// special tokens. Errors: invalidInput for an empty dialog; unsupported for images with a format or
/// vocabulary that has no token for them, and for images together with tool results, which the models were
/// not made for.
Result<RenderedPrompt> renderDialog(std::span<const Message> messages, const Tokenizer& tokenizer,
                                    PromptFormat format);

/// A text to be continued (base models): begin-of-text where the tokenizer adds it, a token per
/// image, then the text.
RenderedPrompt renderCompletion(std::string_view text, const Tokenizer& tokenizer, std::size_t images = 0);

/// All images of a dialog, in order.
SharedImages imagesOf(std::span<const Message> messages);

/// What is said of functions and images in one dialog.
Error toolsWithImages();

/// Messages from a JSON array [{"role": …, "content": …}] or an object with "messages". Errors: invalidInput.
Result<std::vector<Message>> messagesFromJson(std::string_view json);

}  // namespace engine
