#include "engine/checkpoint/shards.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/available_memory.h"
#include "engine/base/file_handle.h"

namespace engine {
namespace {

enum class Split { none, rows, columns };

/// How model parallelism cut a tensor. Names end in the linear's name and what it is of it.
Split splitOf(std::string_view name) {
    const auto ends = [&](std::initializer_list<std::string_view> endings) {
        return std::any_of(endings.begin(), endings.end(), [&](auto end) { return name.ends_with(end); });
    };
    if (ends({"wo.weight", "w2.weight", "c_proj.weight", "wo.scales", "w2.scales"}))
        return Split::columns;
    if (ends({"wq.weight",
              "wk.weight",
              "wv.weight",
              "w1.weight",
              "w3.weight",
              "output.weight",
              "tok_embeddings.weight",
              "learnable_embedding.weight",
              "c_fc.weight",
              "c_fc.bias",
              "conv1._linear.weight",
              "vision_projection.weight",
              "vision_projection.bias",
              "wq.scales",
              "wk.scales",
              "wv.scales",
              "w1.scales",
              "w3.scales",
              "output.scales",
              "tok_embeddings.scales"}))
        return Split::rows;
    return Split::none;
}

/// The shards' parts of one tensor. Errors: corrupt, unsupported.
Result<std::vector<const Tensor*>> partsOf(const std::vector<TensorMap>& shards, const std::string& name,
                                           std::size_t axis) {
    std::vector<const Tensor*> parts;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const auto at = shards[i].find(name);
        const auto* first = parts.empty() ? nullptr : parts.front();
        bool fits = at != shards[i].end() && at->second.shape.size() > axis;
        if (fits && first != nullptr) {
            auto shape = at->second.shape;
            fits = shape.size() == first->shape.size() && at->second.type == first->type;
            if (fits) {
                shape[axis] = first->shape[axis];
                fits = shape == first->shape;
            }
        }
        if (!fits)
            return Error{ErrorCode::corrupt, "tensor " + name + " of shard " + std::to_string(i) +
                                                 " is missing or does not fit that of the first shard"};
        if (!at->second.contiguous())
            return Error{ErrorCode::unsupported,
                         "tensor " + name + " of shard " + std::to_string(i) +
                             " is not contiguous, so it cannot be joined; save it contiguous"};
        parts.push_back(&at->second);
    }
    return parts;
}

Tensor joinedShape(const std::vector<const Tensor*>& parts, std::size_t axis) {
    Tensor joined = *parts.front();
    joined.shape[axis] = 0;
    for (const auto* part : parts)
        joined.shape[axis] += part->shape[axis];
    joined.strides = rowMajorStrides(joined.shape).value_or(joined.strides);
    return joined;
}

/// A piece of each part in turn: all of it for rows, a row for columns.
void copyParts(const std::vector<const Tensor*>& parts, Split split, std::byte* to) {
    const auto pieces = split == Split::columns ? parts.front()->shape.front() : std::int64_t{1};
    for (std::int64_t piece = 0; piece < pieces; ++piece)
        for (const auto* part : parts) {
            const auto bytes = part->bytes() / static_cast<std::size_t>(pieces);
            std::memcpy(to, part->data + static_cast<std::size_t>(piece) * bytes, bytes);
            to += bytes;
        }
}

struct Plan {
    std::string name;
    Split split;
    std::vector<const Tensor*> parts;
    Tensor joined;
    std::size_t offset = 0;
};

Result<std::vector<Plan>> planOf(const std::vector<TensorMap>& shards, std::size_t& total) {
    std::vector<Plan> plans;
    for (const auto& [name, tensor] : shards.front()) {
        if (name.find(".adaptor.") != std::string::npos)
            return Error{ErrorCode::unsupported, "tensor " + name +
                                                     ": adapters split over several files are not read; join "
                                                     "the files first"};
        Plan plan{name, splitOf(name), {&tensor}, tensor, total};
        if (plan.split != Split::none) {
            const std::size_t axis =
                plan.split == Split::rows || tensor.shape.empty() ? 0 : tensor.shape.size() - 1;
            auto parts = partsOf(shards, name, axis);
            if (!parts)
                return parts.error();
            plan.parts = std::move(*parts);
            plan.joined = joinedShape(plan.parts, axis);
        } else if (!tensor.contiguous()) {
            return Error{ErrorCode::unsupported,
                         "tensor " + name + " is not contiguous, so it cannot be joined"};
        }
        total += (plan.joined.bytes() + 63) / 64 * 64;
        plans.push_back(std::move(plan));
    }
    return plans;
}

}  // namespace

Result<JoinedShards> joinShards(const std::vector<TensorMap>& shards) {
    std::size_t total = 0;
    auto plans = planOf(shards, total);
    if (!plans)
        return plans.error();
    if (const auto available = availableMemoryBytes();
        available && total > static_cast<std::size_t>(std::max<std::int64_t>(0, *available)))
        return Error{ErrorCode::outOfMemory, "joining the shards needs " + std::to_string(total >> 20) +
                                                 " MiB, " + std::to_string(*available >> 20) +
                                                 " MiB are free"};
    const FileHandle file(::memfd_create("anven joined shards", MFD_CLOEXEC));
    if (file.get() < 0 || ::ftruncate(file.get(), static_cast<off_t>(total)) != 0)
        return Error{ErrorCode::io, std::string("no memory to join the shards in: ") + std::strerror(errno)};
    void* memory = ::mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED)
        return Error{ErrorCode::io, std::string("no memory to join the shards in: ") + std::strerror(errno)};
    for (const auto& plan : *plans)
        copyParts(plan.parts, plan.split, static_cast<std::byte*>(memory) + plan.offset);
    ::munmap(memory, total);
    auto mapped = MappedFile::open("/proc/self/fd/" + std::to_string(file.get()));
    if (!mapped)
        return mapped.error();
    JoinedShards result;
    result.memory = *mapped;
    for (auto& plan : *plans) {
        plan.joined.data = (*mapped)->bytes().data() + plan.offset;
        result.tensors.emplace(plan.name, std::move(plan.joined));
    }
    return result;
}

}  // namespace engine
