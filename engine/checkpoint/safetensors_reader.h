#pragma once

#include "engine/checkpoint/pth_reader.h"

namespace engine {

/// The tensors of a .safetensors file as views into its mapping. The header must be valid UTF-8 JSON without
/// duplicate names, and the tensors must fill the data exactly: no hole, no overlap, no trailing bytes.
/// `metadata`, where it is given, receives the file's own texts. Errors: corrupt, unsupported.
Result<TensorMap> readSafetensors(const MappedFile& file,
                                  std::map<std::string, std::string>* metadata = nullptr);

}  // namespace engine
