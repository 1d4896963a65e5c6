#include "engine/checkpoint/safetensors_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

namespace engine {
namespace {

constexpr std::size_t kChunk = std::size_t{4} << 20;
constexpr std::size_t kAlignment = 64;

const char* nameOf(DType type) {
    switch (type) {
        case DType::f64:
            return "F64";
        case DType::f32:
            return "F32";
        case DType::f16:
            return "F16";
        case DType::bf16:
            return "BF16";
        case DType::i64:
            return "I64";
        case DType::i32:
            return "I32";
        case DType::i16:
            return "I16";
        case DType::i8:
            return "I8";
        case DType::u8:
            return "U8";
        case DType::boolean:
            return "BOOL";
        case DType::q8_0:
        case DType::q4_0:
        case DType::coded:
            break;
    }
    return nullptr;
}

Result<std::string> headerOf(const std::vector<NamedTensor>& tensors,
                             const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header;
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::int64_t at = 0;
    for (const auto& tensor : tensors) {
        if (nameOf(tensor.type) == nullptr || tensor.sharedWith || header.contains(tensor.name))
            return Error{ErrorCode::invalidInput, "safetensors cannot hold tensor " + tensor.name +
                                                      ": its type, a shared storage or its name twice"};
        header[tensor.name] = {{"dtype", nameOf(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {at, at + tensor.bytes()}}};
        at += tensor.bytes();
    }
    auto text = header.is_null() ? std::string("{}") : header.dump();
    text.append((kAlignment - (8 + text.size()) % kAlignment) % kAlignment, ' ');
    return text;
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

bool writeAll(std::FILE* file, const std::string& header, const std::vector<NamedTensor>& tensors,
              const TensorFill& fill, const std::stop_token& stop) {
    const std::uint64_t length = header.size();
    if (std::fwrite(&length, 1, sizeof length, file) != sizeof length ||
        std::fwrite(header.data(), 1, header.size(), file) != header.size())
        return false;
    std::vector<std::byte> chunk(kChunk);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto size = static_cast<std::size_t>(tensors[i].bytes());
        for (std::size_t done = 0; done < size; done += kChunk) {
            if (stop.stop_requested())
                return false;
            const std::span bytes(chunk.data(), std::min(kChunk, size - done));
            fill(i, done, bytes);
            if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size())
                return false;
        }
    }
    return std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0;
}

}  // namespace

Result<void> writeSafetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                              const std::map<std::string, std::string>& metadata, const TensorFill& fill,
                              std::stop_token stop) {
    const auto header = headerOf(tensors, metadata);
    if (!header)
        return header.error();
    const auto unfinished = std::filesystem::path(path).concat(".part");
    const auto failed = [&](const std::string& reason) {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        return stop.stop_requested()
                   ? Error{ErrorCode::cancelled, "writing " + path.string() + " was stopped"}
                   : Error{ErrorCode::io, path.string() + " cannot be written: " + reason};
    };
    errno = 0;
    File file(std::fopen(unfinished.c_str(), "wb"), std::fclose);
    if (!file)
        return failed(std::strerror(errno));
    const bool written = writeAll(file.get(), *header, tensors, fill, stop);
    const int reason = errno;
    if (!written || std::fclose(file.release()) != 0)
        return failed(std::strerror(reason));
    std::error_code renamed;
    std::filesystem::rename(unfinished, path, renamed);
    if (renamed)
        return failed(renamed.message());
    return {};
}

}  // namespace engine
