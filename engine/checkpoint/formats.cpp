#include "engine/checkpoint/formats.h"

#include <algorithm>
#include <array>

namespace engine {
namespace {

constexpr CheckpointFormat kFormats[] = {
    {"gguf", probeGguf, openGguf},
    {"meta", probeMeta, openMeta},
    {"huggingface", probeHuggingFace, openHuggingFace},
};

}  // namespace

std::span<const CheckpointFormat> checkpointFormats() {
    return kFormats;
}

std::string nameFromPath(const std::filesystem::path& path) {
    constexpr std::array<std::string_view, 8> kVariantWords = {"bf16", "qat-lora", "spinquant", "meta",
                                                               "hf",   "gguf",     "original",  "hf-sharded"};
    std::error_code error;
    auto absolute = std::filesystem::absolute(path, error).lexically_normal();
    if (absolute.filename().empty())
        absolute = absolute.parent_path();
    if (std::filesystem::is_regular_file(absolute, error)) {
        auto stem = absolute.stem().string();
        if (!stem.starts_with("consolidated") && stem != "model")
            return stem;
        absolute = absolute.parent_path();
    }
    const auto leaf = absolute.filename().string();
    const bool variant = std::find(kVariantWords.begin(), kVariantWords.end(), leaf) != kVariantWords.end();
    const auto parent = absolute.parent_path().filename().string();
    return variant && !parent.empty() ? parent : leaf;
}

}  // namespace engine
