#include "engine/model/architectures.h"

namespace engine {
namespace {

constexpr Architecture kArchitectures[] = {
    {"llama", "Llama 3.2", false},
    {"mllama", "Llama 3.2 Vision", false},
    {"qwen2", "Qwen2.5", true},
};

}  // namespace

std::span<const Architecture> architectures() {
    return kArchitectures;
}

Result<const Architecture*> findArchitecture(std::string_view id) {
    std::string known;
    for (const auto& architecture : kArchitectures) {
        if (architecture.id == id)
            return &architecture;
        known += (known.empty() ? "" : ", ") + std::string(architecture.id);
    }
    return Error{ErrorCode::unsupported,
                 "architecture '" + std::string(id) + "' is not one that runs here (" + known + ")"};
}

std::vector<std::string> linearNames(std::int64_t layer) {
    const std::string block = "layers." + std::to_string(layer) + ".";
    return {block + "attention.wq",   block + "attention.wk",    block + "attention.wv",
            block + "attention.wo",   block + "feed_forward.w1", block + "feed_forward.w2",
            block + "feed_forward.w3"};
}

}  // namespace engine
