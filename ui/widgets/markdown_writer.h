#pragma once

#include <QTextCursor>
#include <span>

#include "engine/markdown/markdown_blocks.h"

namespace ui {

/// How far a quotation stands from its left edge, in pixels a level.
inline constexpr int kQuoteIndent = 16;

/// Writes blocks at the cursor, in the theme's colours. `isFirst`: the document is still empty. Pictures are
/// their words, and only http, https and mailto become links.
void writeMarkdown(QTextCursor& cursor, std::span<const engine::MarkdownBlock> blocks, bool isFirst);
/// Writes a code text with the colours of its language.
void writeCode(QTextCursor& cursor, const std::string& code, const std::string& language);

}  // namespace ui
