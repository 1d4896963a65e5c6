#pragma once

#include <cstddef>
#include <string_view>

namespace engine {

/// Bytes at the beginning of a growing text whose blocks no later text can change (link definitions apart,
/// which may come at the very end): what is behind is parsed again as the text grows, what is before is done.
/// Always at the beginning of a line; parsing both parts apart gives the blocks of the whole.
std::size_t finishedMarkdown(std::string_view text);

}  // namespace engine
