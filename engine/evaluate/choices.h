#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/generate/local_model.h"
#include "engine/metrics/statistics.h"
#include "engine/vision/image_resize.h"

namespace engine {

struct ChoicesRequest {
    LoadRequest model;
    std::optional<LoadRequest> reference;
    std::filesystem::path file;  ///< readChoiceFile()
    std::int64_t limit = 0;      ///< questions at most; 0 = all
    /// Decodes the picture of a question; needed where a question has one.
    std::function<Result<RgbImage>(const std::filesystem::path&)> readImage{};
};

/// How one model answered one question.
struct ChoiceScore {
    std::vector<double> logLikelihood;  ///< of each choice's tokens behind the question, nats
    std::size_t best = 0;               ///< the most likely choice
    std::size_t bestPerByte = 0;        ///< the most likely one, its log-likelihood divided by its bytes
};

struct ChoiceAccuracy {
    std::int64_t right = 0;
    double accuracy = 0.0;  ///< 0..1
    Interval ci95;          ///< Wilson
    std::int64_t rightPerByte = 0;
    double accuracyPerByte = 0.0;
    Interval perByteCi95;
};

struct ChoicesResult {
    std::int64_t questions = 0;
    double chance = 0.0;  ///< accuracy of guessing
    ChoiceAccuracy model;
    std::vector<ChoiceScore> scores;  ///< per question
    /// Beside the reference: both by the most likely choice.
    std::optional<ChoiceAccuracy> reference;
    std::optional<double> agreement;  ///< share of questions with the same choice
    std::int64_t lost = 0;            ///< right with the reference, wrong with the model
    std::int64_t gained = 0;
    std::optional<double> p;  ///< that both are equally often right: exact McNemar test, two-sided
    std::string kernels;
};

/// Scores "QUESTION\nAnswer:" continued with " CHOICE", without a chat format (the form of the usual
/// evaluation harnesses); the picture of a question stands before it. Errors: as LocalModel::load and
/// readChoiceFile; unsupported for a picture and a model that cannot see, as readImage, contextOverflow, with
/// the number of the question; cancelled. `progress(done, total)` counts questions.
Result<ChoicesResult> evaluateChoices(const ChoicesRequest& request,
                                      const std::function<void(std::int64_t, std::int64_t)>& progress = {},
                                      std::stop_token stop = {});

}  // namespace engine
