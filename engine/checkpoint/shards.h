#pragma once

#include <memory>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/pth_reader.h"

namespace engine {

/// Tensors and the memory that they lie in.
struct JoinedShards {
    TensorMap tensors;
    std::shared_ptr<const MappedFile> memory;
};

/// Joins the shards of a model-parallel checkpoint (llama-models: models/checkpoint.py): rows of column-
/// parallel weights, columns of row-parallel ones; everything else is the first shard's. The joined tensors
/// lie in an anonymous file in memory. Errors: corrupt where shards do not fit each other, unsupported for
/// adapters and tensors that are not contiguous, outOfMemory, io.
Result<JoinedShards> joinShards(const std::vector<TensorMap>& shards);

}  // namespace engine
