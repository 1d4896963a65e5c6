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
    float ropeFactor = 32.0F;  ///< of the scaling; what Meta's readers assume for the shape
};

/// The shapes that models can be made of: 1b and 3b are those of Llama 3.2; tiny is for tests.
const std::vector<ModelShape>& modelShapes();

/// Meta's layout comes in all but q4_0, GGUF in bf16 and q4_0. q4_0 has the bytes per weight of the family's
/// int4: 4-bit groups of 32 with an 8-bit embedding, which is the output too.
enum class RandomVariant { bf16, qatLora, spinQuant, q4_0 };
enum class RandomFormat { meta, gguf };

struct RandomModelRequest {
    std::string shape = "1b";
    RandomVariant variant = RandomVariant::bf16;
    std::filesystem::path out;  ///< the folder of Meta's layout, or the .gguf file
    std::uint64_t seed = 42;
    RandomFormat format = RandomFormat::meta;
};

struct RandomModelReport {
    std::filesystem::path path;
    std::int64_t bytes = 0;  ///< of the weights
    std::int64_t parameters = 0;
};

/// Writes a model with random weights in Meta's layout (params.json, consolidated.00.pth, tokenizer.model) or
/// as one GGUF file, for measuring speed and memory without a real checkpoint; what it says is noise. Meta's
/// folder is made; what stands there already is not touched. Errors: invalidInput for an unknown shape, a
/// variant that the format does not have or a place that holds a model; io; cancelled.
Result<RandomModelReport> makeRandomModel(const RandomModelRequest& request, std::stop_token stop = {});

/// Whether the file system of `path` has room for that many bytes; true where it does not say. Errors: io.
Result<void> checkRoom(const std::filesystem::path& path, std::int64_t bytes);

}  // namespace engine
