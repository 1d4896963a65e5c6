#include "engine/quantize/source_checks.h"

#include "engine/model/architectures.h"

namespace engine {

Result<void> checkFloating(const Checkpoint& source) {
    for (const auto& name : linearNames(0))
        if (const auto* tensor = source.find(name + ".weight");
            tensor == nullptr || itemSize(tensor->type) < 2)
            return Error{ErrorCode::invalidInput, source.path.string() + " is quantized already (" +
                                                      source.schemeOf(name + ".weight") +
                                                      "); start from the BF16, F16 or F32 model"};
    return {};
}

}  // namespace engine
