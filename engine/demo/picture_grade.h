#pragma once

#include "engine/demo/demo_grade.h"

namespace engine::demo {

/// Asks a vision model up to `questions` questions about each of the pictures that a seed draws, and for
/// their details, every question in a dialog of its own, greedily, and marks the answers by kind. Errors: as
/// LocalModel::load and Generator::run.
Result<DemoGrade> gradePictures(const LoadRequest& model, const PhraseGrammar& phrases, std::uint64_t seed,
                                std::int64_t pictures, std::size_t questions,
                                const std::function<void(std::int64_t done)>& progress = {},
                                std::stop_token stop = {});

}  // namespace engine::demo
