#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/gguf_metadata.h"
#include "engine/checkpoint/tensor.h"
#include "engine/model/model_config.h"

namespace engine {

class MappedFile;

/// Choices a person may make where a file does not say.
struct CheckpointOptions {
    std::optional<float> ropeScaleFactor;  ///< overrides the Llama 3 scaling factor
    std::optional<bool> hadamardFfn;       ///< overrides the SpinQuant decision
};

/// An opened model: configuration and lazily read tensors. Immutable; may be shared between threads.
/// Nothing is executed, fetched or written on opening; every offset, size and shape was checked.
///
/// Tensor names are Meta's, whatever the file: tok_embeddings.weight,
/// layers.N.attention.{wq,wk,wv,wo}.weight, layers.N.feed_forward.{w1,w2,w3}.weight,
/// layers.N.{attention_norm,ffn_norm}.weight, norm.weight, output.weight, with
/// `.scales`, `.adaptor.A.weight`, `.adaptor.B.weight` for quantized linears and
/// `layers.N.attention.{wq,wk,wv}.bias`. q and k rows keep the file's order; config.rope.pairs says which one
/// that is. Linear weights are [out, in].
class Checkpoint {
public:
    /// Recognises the format of a directory (Meta or Hugging Face layout), .gguf, .safetensors or .pth file,
    /// or demo:NAME. Errors: notFound, io, corrupt, unsupported, invalidInput; the message names file, tensor
    /// and offset.
    static Result<std::shared_ptr<const Checkpoint>> open(const std::string& path,
                                                          const CheckpointOptions& options = {});

    std::filesystem::path path;  ///< directory or file that was opened
    std::string format;          ///< "meta", "huggingface", "gguf", "safetensors", "pth"
    ModelConfig config;
    std::map<std::string, Tensor, std::less<>> tensors;  ///< by Meta name; a tied output is absent
    std::map<std::string, std::string, std::less<>>
        schemes;                          ///< by name without .weight, where a file says it
    std::filesystem::path tokenizerFile;  ///< tokenizer.model or tokenizer.json; empty when there is none
    GgufMetadata metadata;                ///< of a GGUF (holds its tokenizer); empty otherwise
    std::vector<std::filesystem::path> files;                 ///< every weight file, for digests
    std::vector<std::shared_ptr<const MappedFile>> mappings;  ///< keeps the tensors' memory

    const Tensor* find(std::string_view name) const;
    /// Errors: notFound with the tensor's name.
    Result<const Tensor*> require(std::string_view name) const;
    /// The stored scheme of a weight: "bf16", "f16", "f32", "int4_g32", "int8_channel", "q4_0", "q8_0", ….
    std::string schemeOf(std::string_view name) const;
};

}  // namespace engine
