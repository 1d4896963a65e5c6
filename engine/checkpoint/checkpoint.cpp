#include "engine/checkpoint/checkpoint.h"

#include <algorithm>

#include "engine/base/resources.h"
#include "engine/checkpoint/config_checks.h"
#include "engine/checkpoint/formats.h"
#include "engine/checkpoint/online_checks.h"
#include "engine/model/vision_names.h"

namespace engine {
namespace {

constexpr std::string_view kDemoPrefix = "demo:";
constexpr std::string_view kDemoVariants[] = {"bf16", "qat-lora", "spinquant", "seeing", "seeing-spinquant"};

/// What the embedded model is called; its eyes have as many parameters as its text part.
std::string demoName(const ModelConfig& config) {
    return config.vision ? "ANVEN demo 4M Vision" : "ANVEN demo 2M";
}

Result<std::filesystem::path> resolve(const std::string& path) {
    if (!path.starts_with(kDemoPrefix))
        return std::filesystem::path(path);
    const auto variant = path.substr(kDemoPrefix.size());
    if (std::find(std::begin(kDemoVariants), std::end(kDemoVariants), variant) == std::end(kDemoVariants))
        return Error{
            ErrorCode::notFound,
            "there is no " + path +
                "; the embedded model has demo:bf16, demo:qat-lora and demo:spinquant, and with eyes "
                "demo:seeing and demo:seeing-spinquant"};
    const auto found = resourcePath("demo/" + variant);
    if (found.empty())
        return Error{ErrorCode::notFound,
                     "the embedded model's files are missing; reinstall, or set ANVEN_RESOURCES to the "
                     "folder that holds demo/"};
    return found;
}

/// The error with the path in front, unless it names it already.
Error named(const Error& error, const std::filesystem::path& path) {
    return error.message.find(path.string()) != std::string::npos ? error : error.in(path.string());
}

}  // namespace

Result<std::shared_ptr<const Checkpoint>> Checkpoint::open(const std::string& path,
                                                           const CheckpointOptions& options) {
    auto resolved = resolve(path);
    if (!resolved)
        return resolved.error();
    std::error_code error;
    if (!std::filesystem::exists(*resolved, error))
        return Error{ErrorCode::notFound,
                     "there is no " + path +
                         "; give a model directory, a .gguf, .safetensors or .pth file, or demo:bf16"};
    for (const auto& format : checkpointFormats()) {
        if (!format.probe(*resolved))
            continue;
        auto opened = format.open(*resolved, options);
        if (!opened)
            return named(opened.error(), *resolved);
        Checkpoint& checkpoint = **opened;
        if (checkpoint.format.empty())
            checkpoint.format = std::string(format.id);
        if (path.starts_with(kDemoPrefix))
            checkpoint.config.name = demoName(checkpoint.config);
        if (auto ok = checkRanges(checkpoint.config); !ok)
            return named(ok.error(), *resolved);
        if (auto ok = checkTensors(checkpoint); !ok)
            return named(ok.error(), *resolved);
        decideVariant(checkpoint, options);
        if (auto ok = checkOnline(checkpoint); !ok)
            return named(ok.error(), *resolved);
        return std::shared_ptr<const Checkpoint>(std::move(*opened));
    }
    return Error{ErrorCode::unsupported,
                 path +
                     " is not a checkpoint that is read here: expected params.json with consolidated.00.pth, "
                     "config.json with *.safetensors, or a .gguf file"};
}

const Tensor* Checkpoint::find(std::string_view tensor) const {
    const auto at = tensors.find(tensor);
    return at == tensors.end() ? nullptr : &at->second;
}

Result<const Tensor*> Checkpoint::require(std::string_view tensor) const {
    if (const auto* found = find(tensor))
        return found;
    return Error{ErrorCode::notFound,
                 "tensor " + std::string(tensor) + " is missing (" + path.string() + ")"};
}

std::string Checkpoint::schemeOf(std::string_view tensor) const {
    const auto* found = find(tensor);
    if (found == nullptr)
        return "";
    const bool weight = tensor.ends_with(".weight");
    const auto prefix = weight ? tensor.substr(0, tensor.size() - 7) : tensor;
    if (const auto stated = schemes.find(prefix); weight && stated != schemes.end())
        return stated->second;
    if (found->type != DType::i8 || find(std::string(prefix) + ".scales") == nullptr)
        return std::string(name(found->type));
    return prefix == "output" || prefix == "tok_embeddings" || isVisionTensor(prefix)
               ? "int8_channel"
               : "int4_g" + std::to_string(config.groupSize);
}

}  // namespace engine
