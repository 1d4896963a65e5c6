#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "engine/base/result.h"

namespace engine {

/// Cuts text into the pieces within which byte-level BPE merges, by the published patterns of the model
/// families. Thread-safe after creation.
class PreSplitter {
public:
    enum class Pattern { llama3, qwen2 };  ///< digits in runs of up to 3, or one by one

    static Result<std::unique_ptr<PreSplitter>> create(Pattern pattern);
    /// The pattern as a regular expression, as tokenizer.json writes it.
    static const char* expression(Pattern pattern);
    ~PreSplitter();
    PreSplitter(const PreSplitter&) = delete;
    PreSplitter& operator=(const PreSplitter&) = delete;

    /// Calls `piece` for each piece in order; together they are the text. Invalid UTF-8 bytes are pieces of
    /// their own kind.
    void split(std::string_view text, const std::function<void(std::string_view)>& piece) const;

private:
    explicit PreSplitter(void* code) : code_(code) {}
    void splitRun(std::string_view text, const std::function<void(std::string_view)>& piece) const;
    void* code_;  // pcre2_code
};

}  // namespace engine
