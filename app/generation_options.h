#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/generate/generation.h"

namespace app {

/// The options that `generate` and `compare` share.
struct GenerationOptions {
    std::string prompt;
    std::string chat;
    std::string system;
    std::vector<std::string> images;
    bool raw = false;
    std::string preset;
    double estimateWatts = 0.0;
    std::string draft;  ///< "lookup" or a model
    engine::GenerationRequest request;
    const CLI::App* command = nullptr;  ///< tells which options were given, over those of a preset
};

/// `-p --chat --system --raw --image -n --preset --temperature … --seed --stop --estimate-energy --draft
/// --draft-tokens`.
void addGenerationOptions(CLI::App* command, GenerationOptions& options);

/// The model that drafts, for LoadRequest::draft; empty without one.
std::string draftModelOf(const GenerationOptions& options);

/// The request with its messages read. Errors: as readDialog and readPictures; notFound for a preset.
engine::Result<engine::GenerationRequest> requestOf(const GenerationOptions& options);

/// One line for people: "12 tokens, TTFT 8.1 ms, prefill 900 tok/s, …".
std::string metricsLine(const engine::GenerationRecord& record);

}  // namespace app
