#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace engine {

/// What is wrong with a model's files, in words, and what to do about it.
struct ModelProblem {
    std::string what;
    std::string whatToDo;
    bool operator==(const ModelProblem&) const = default;
};

/// Looks at names, sizes and first bytes around `path` (a folder or a file, complete or not). Reads no
/// weights; finds nothing in a complete model. What stands inside the files is the readers' business: opening
/// names it.
std::vector<ModelProblem> findModelProblems(const std::filesystem::path& path);

}  // namespace engine
