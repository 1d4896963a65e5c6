#pragma once

#include <string>

#include "engine/checkpoint/checkpoint.h"
#include "engine/runtime/kv_cache.h"

namespace engine {

/// What `anven inspect --json` prints: the configuration and every tensor with the bytes that it takes in the
/// file. Reads no tensor data. `kv_bytes_per_token` is that of the KV cache scheme.
std::string inspectionJson(const Checkpoint& checkpoint, KvCache::Type kv = KvCache::Type::bf16);

}  // namespace engine
