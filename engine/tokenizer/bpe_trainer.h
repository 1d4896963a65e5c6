#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// Learns a byte-level BPE vocabulary of `pieces` pieces (the 256 bytes first) from texts, cut as Llama 3
/// cuts them: again and again the pair of neighbours that is most frequent (of equals the one that sorts
/// first) becomes a piece. Digits stay single, so that sums can be learned digit by digit. Fewer pieces where
/// nothing is left to join. Sennrich et al. 2016, arXiv:1508.07909. Errors: as PreSplitter::create.
Result<std::vector<std::string>> trainBpe(const std::vector<std::string_view>& texts, std::int64_t pieces);

/// Pieces in tiktoken's form, a line "base64 rank" each.
std::string tiktokenText(const std::vector<std::string>& pieces);

}  // namespace engine
