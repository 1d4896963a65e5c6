#include "engine/checkpoint/safetensors_writer.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

namespace engine {
namespace {

constexpr std::size_t kChunk = std::size_t{4} << 20;

std::string_view typeName(DType type) {
    constexpr std::string_view kNames[] = {"F64", "F32", "F16", "BF16", "I64",
                                           "I32", "I16", "I8",  "U8",   "BOOL"};
    assert(static_cast<std::size_t>(type) < std::size(kNames));
    return kNames[static_cast<std::size_t>(type)];
}

std::string headerOf(const std::vector<NamedTensor>& tensors,
                     const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header;
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::int64_t at = 0;
    for (const auto& tensor : tensors) {
        header[tensor.name] = {{"dtype", typeName(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {at, at + tensor.bytes()}}};
        at += tensor.bytes();
    }
    auto text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');  // the data begins at a multiple of 8 bytes
    const std::uint64_t size = text.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text;
}

}  // namespace

Result<void> writeSafetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                              const TensorFill& fill, const std::map<std::string, std::string>& metadata,
                              std::stop_token stop) {
    const auto unfinished = std::filesystem::path(path).concat(".part");
    const auto failed = [&](const std::string& reason) {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        return stop.stop_requested()
                   ? Error{ErrorCode::cancelled, "stopped; " + path.string() + " was not written"}
                   : Error{ErrorCode::io, path.string() + " cannot be written: " + reason};
    };
    errno = 0;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(unfinished.c_str(), "wb"), std::fclose);
    if (!file)
        return failed(std::strerror(errno));
    const auto header = headerOf(tensors, metadata);
    bool ok = std::fwrite(header.data(), 1, header.size(), file.get()) == header.size();
    std::vector<std::byte> buffer(kChunk);
    for (std::size_t i = 0; i < tensors.size(); ++i)
        for (std::size_t done = 0, size = static_cast<std::size_t>(tensors[i].bytes()); done < size && ok;) {
            if (stop.stop_requested())
                return failed({});
            const std::span<std::byte> chunk(buffer.data(), std::min(kChunk, size - done));
            fill(i, done, chunk);
            ok = std::fwrite(chunk.data(), 1, chunk.size(), file.get()) == chunk.size();
            done += chunk.size();
        }
    const int reason = errno;
    if (std::fclose(file.release()) != 0 || !ok)
        return failed(std::strerror(reason));
    std::error_code renamed;
    std::filesystem::rename(unfinished, path, renamed);
    if (renamed)
        return failed(renamed.message());
    return {};
}

}  // namespace engine
