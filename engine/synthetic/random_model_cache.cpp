#include "engine/synthetic/random_model_cache.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace engine {
namespace {

constexpr std::pair<const char*, RandomVariant> kVariants[] = {{"bf16", RandomVariant::bf16},
                                                               {"qat-lora", RandomVariant::qatLora},
                                                               {"spinquant", RandomVariant::spinQuant},
                                                               {"q4_0", RandomVariant::q4_0}};

/// Removes what lies there on the way out, unless it was moved away.
struct Scratch {
    std::filesystem::path path;
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

}  // namespace

Result<RandomModelRequest> randomModelNamed(const std::string& name) {
    RandomModelRequest request;
    const auto slash = name.find('/');
    request.shape = name.substr(0, slash);
    const auto variant = slash == std::string::npos ? std::string() : name.substr(slash + 1);
    const auto& shapes = modelShapes();
    const bool shapeKnown = std::any_of(shapes.begin(), shapes.end(),
                                        [&](const auto& shape) { return shape.name == request.shape; });
    const auto* known = std::find_if(std::begin(kVariants), std::end(kVariants),
                                     [&](const auto& entry) { return entry.first == variant; });
    if (!shapeKnown || known == std::end(kVariants))
        return Error{ErrorCode::invalidInput,
                     "there is no random model '" + name +
                         "'; it is SHAPE/VARIANT with the shapes 1b, 3b and tiny and the variants bf16, "
                         "qat-lora, spinquant and q4_0"};
    request.variant = known->second;
    request.format = request.variant == RandomVariant::q4_0 ? RandomFormat::gguf : RandomFormat::meta;
    return request;
}

std::filesystem::path randomModelCache() {
    std::filesystem::path cache;
    if (const char* set = std::getenv("XDG_CACHE_HOME"); set != nullptr && set[0] == '/')
        cache = set;
    else if (const char* home = std::getenv("HOME"))
        cache = std::filesystem::path(home) / ".cache";
    else
        cache = std::filesystem::temp_directory_path();
    return cache / "anven-workbench" / "random";
}

Result<std::filesystem::path> cachedRandomModel(const std::string& name, const std::filesystem::path& folder,
                                                std::stop_token stop) {
    auto request = randomModelNamed(name);
    if (!request)
        return request.error();
    const std::string ending = request->format == RandomFormat::gguf ? ".gguf" : "";
    auto file = name;
    std::replace(file.begin(), file.end(), '/', '-');
    const auto place = folder / (file + ending);
    std::error_code failure;
    if (std::filesystem::exists(place, failure))
        return place;
    std::filesystem::create_directories(folder, failure);
    const Scratch scratch{folder / (file + ".making-" + std::to_string(getpid()) + ending)};
    request->out = scratch.path;
    if (auto made = makeRandomModel(*request, std::move(stop)); !made)
        return made.error();
    std::filesystem::rename(scratch.path, place, failure);
    if (failure && !std::filesystem::exists(place))  // another process may have been faster
        return Error{ErrorCode::io, place.string() + ": " + failure.message()};
    return place;
}

}  // namespace engine
