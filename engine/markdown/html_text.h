#pragma once

#include <span>
#include <string>

#include "engine/markdown/markdown_blocks.h"

namespace engine {

/// Text that HTML shows as it is, in content and in quoted attributes.
std::string htmlEscaped(std::string_view text);

/// Blocks as HTML that loads nothing: everything is escaped, links are http, https or mailto, pictures are
/// their words.
std::string markdownHtml(std::span<const MarkdownBlock> blocks);

}  // namespace engine
