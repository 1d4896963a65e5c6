#pragma once

#include <cstdint>

#include "engine/model/model.h"

namespace engine {

/// What Model::weightsBytes() will be, from shapes alone: int4 scales are taken to fit 16 bits, as those of
/// every published checkpoint do. Errors: notFound and corrupt, as loading gives them.
Result<std::int64_t> weightsSize(const Checkpoint& checkpoint, const KernelPlan& plan,
                                 const ModelOptions& options = {});

/// The part of it that a vision model has beyond the text model; 0 for text models. Tables of tiles are read
/// where they lie in the file.
Result<std::int64_t> visionSize(const Checkpoint& checkpoint, const KernelPlan& plan,
                                const ModelOptions& options);

/// What one tensor takes once it is packed (norms and tables read in place: as in the file); nothing for
/// scales, which are part of their weight.
Result<std::int64_t> packedSize(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                                const ModelOptions& options = {});

}  // namespace engine
