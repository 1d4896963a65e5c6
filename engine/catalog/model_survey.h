#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/model_problems.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/runtime/kernel_plan.h"

namespace engine {

/// One tensor as the file holds it.
struct TensorFacts {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string scheme;            ///< Checkpoint::schemeOf()
    std::int64_t bytes = 0;        ///< in the file, without scales
    std::int64_t packedBytes = 0;  ///< in memory for the plan; 0: part of another tensor
    double bitsPerWeight = 0.0;    ///< in the file, with its scales
    bool codes = false;            ///< stored values are codes of a quantization
    std::int64_t elements() const;
};

/// What is known of a model before it is loaded.
struct ModelSurvey {
    std::string path;            ///< as it was asked for
    std::optional<Error> error;  ///< why it does not open; the fields below are empty then
    std::vector<ModelProblem> problems;

    std::string format;
    ModelConfig config;
    std::int64_t parameters = 0;
    std::int64_t fileBytes = 0;     ///< weight files, also where they do not open
    std::int64_t weightsBytes = 0;  ///< weightsSize() for the plan
    double bitsPerWeight = 0.0;     ///< of all tensors, as stored
    std::vector<TensorFacts> tensors;
    std::vector<std::filesystem::path> files;  ///< weight files
    std::string tokenizer;                     ///< kind, or why there is none
    std::int64_t tokenizerEntries = 0;         ///< 0 where there is none
    std::string licenceFile;                   ///< its name; empty where there is none
    std::string licenceText;                   ///< at most 256 KiB
};

/// Opens the model without loading it: tensors, tokenizer, licence and what is wrong. Never fails: a model
/// that does not open is a survey with an error. Takes up to a second for a large vocabulary.
ModelSurvey surveyModel(const std::string& path, const KernelPlan& plan);

}  // namespace engine
