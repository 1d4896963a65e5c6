#pragma once

#include <map>
#include <string>

#include "engine/checkpoint/gguf_metadata.h"
#include "engine/checkpoint/pth_reader.h"

namespace engine {

/// A GGUF file's metadata and tensors. Tensors of types that are known but not computed here stand in
/// `otherTypes` by name.
struct GgufFile {
    GgufMetadata metadata;
    TensorMap tensors;
    std::map<std::string, std::string, std::less<>> otherTypes;
};

/// Reads GGUF version 2 or 3. Errors: corrupt, unsupported, with the offset.
Result<GgufFile> readGguf(const MappedFile& file);

}  // namespace engine
