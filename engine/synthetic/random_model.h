#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// Sizes of a text model of the family.
struct ModelShape {
    std::string name;  ///< "1b"
    std::int64_t dim = 0;
    std::int64_t nLayers = 0;
    std::int64_t nHeads = 0;
    std::int64_t nKvHeads = 0;
    std::int64_t hiddenDim = 0;
    std::int64_t vocabSize = 0;
    std::int64_t multipleOf = 256;
    double ffnDimMultiplier = 1.0;  ///< with multipleOf: what params.json says in hiddenDim's place
    bool scaledRope = true;
};

/// The shapes that models can be made of: 1b and 3b are those of Llama 3.2; tiny is for tests.
const std::vector<ModelShape>& modelShapes();

enum class RandomVariant { bf16, qatLora, spinQuant };

struct RandomModelRequest {
    std::string shape = "1b";
    RandomVariant variant = RandomVariant::bf16;
    std::filesystem::path out;
    std::uint64_t seed = 42;
};

struct RandomModelReport {
    std::filesystem::path path;
    std::int64_t bytes = 0;  ///< of the weights
    std::int64_t parameters = 0;
};

/// Writes a model with random weights in Meta's layout (params.json, consolidated.00.pth, tokenizer.model)
/// for measuring speed and memory without a real checkpoint; what it says is noise. The folder is made; what
/// stands there already is not touched. Errors: invalidInput for an unknown shape or a folder that holds a
/// model, io, cancelled.
Result<RandomModelReport> makeRandomModel(const RandomModelRequest& request, std::stop_token stop = {});

}  // namespace engine
