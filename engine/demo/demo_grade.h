#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/demo/demo_corpus.h"
#include "engine/generate/local_model.h"

namespace engine::demo {

struct TaskGrade {
    std::int64_t asked = 0;
    std::int64_t right = 0;
};

struct DemoGrade {
    std::map<std::string, TaskGrade> tasks;
    std::vector<std::array<std::string, 3>> mistakes;  ///< question, what should be in the answer, the answer
};

/// Whether every key stands in the answer as whole words, letters large or small.
bool holdsKeys(std::string_view answer, const std::vector<std::string>& keys);

/// Asks a model the questions of talks that the recipe's seed did not make, each with the right answers
/// before it, greedily, and marks those whose answer can be told. Errors: as LocalModel::load and
/// Generator::run.
Result<DemoGrade> gradeDemo(const LoadRequest& model, const PhraseGrammar& grammar, std::uint64_t seed,
                            std::int64_t talks, const std::function<void(std::int64_t done)>& progress = {},
                            std::stop_token stop = {});

}  // namespace engine::demo
