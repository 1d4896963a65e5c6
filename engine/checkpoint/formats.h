#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// One way in which checkpoints are stored.
struct CheckpointFormat {
    std::string_view id;  ///< "meta", "huggingface", "gguf", "safetensors", "pth"
    /// Whether `path` looks like this format; cheap, reads names and at most a few bytes.
    bool (*probe)(const std::filesystem::path& path);
    /// Fills path, format, config, tensors, tokenizer and mappings; checks are done by the caller.
    Result<std::shared_ptr<Checkpoint>> (*open)(const std::filesystem::path& path,
                                                const CheckpointOptions& options);
};

/// Every format, most specific first. A new one is its reader's file and a line here.
std::span<const CheckpointFormat> checkpointFormats();

bool probeMeta(const std::filesystem::path& path);
Result<std::shared_ptr<Checkpoint>> openMeta(const std::filesystem::path& path,
                                             const CheckpointOptions& options);
bool probeHuggingFace(const std::filesystem::path& path);
Result<std::shared_ptr<Checkpoint>> openHuggingFace(const std::filesystem::path& path,
                                                    const CheckpointOptions& options);
bool probeGguf(const std::filesystem::path& path);
Result<std::shared_ptr<Checkpoint>> openGguf(const std::filesystem::path& path,
                                             const CheckpointOptions& options);

/// A name for people: the last part of the path that is not just a layout's or variant's word.
std::string nameFromPath(const std::filesystem::path& path);

}  // namespace engine
