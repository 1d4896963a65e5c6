#pragma once

#include "engine/store/store.h"

namespace uitest {

/// An answer with headings, lists, a table, code in two languages, a quote and words that are too long.
std::string markdownAnswer();

/// Definitions that fit the calls of the example chat.
std::string weatherTools();

/// Conversations as somebody has them after some weeks: Markdown, branches, a call and its result, a full
/// context, and many others with tags. Titles: "What does this chart show?", "Weather in Zürich", "A long
/// story", and more.
void addExampleChats(engine::Store& store);

}  // namespace uitest
