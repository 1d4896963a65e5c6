#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Builders of small checkpoint files, valid unless a field is set wrong on purpose. All numbers are
/// little-endian.
namespace filebytes {

template <class T>
std::string le(T value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

void writeFile(const std::filesystem::path& path, const std::string& bytes);
std::string readFile(const std::filesystem::path& path);

// --- GGUF ---

struct GgufTensor {
    std::string name;
    std::vector<std::uint64_t> dims;  // fastest first
    std::uint32_t type = 0;           // F32
    std::optional<std::uint64_t> offset;
    std::string data;
};

struct Gguf {
    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::optional<std::uint64_t> tensorCount;
    std::optional<std::uint64_t> keyCount;
    std::vector<std::pair<std::string, std::string>> keys;  // name, type and value as they stand in the file
    std::vector<GgufTensor> tensors;
    std::uint64_t alignment = 32;  // used for layout; the key is separate
    std::size_t cutAtEnd = 0;

    /// Replaces or adds a key.
    void set(const std::string& name, const std::string& value);
    void remove(const std::string& name);
    GgufTensor& tensor(const std::string& name);
    std::string bytes() const;
};

std::string ggufText(const std::string& text);  // length and bytes
std::string ggufU32(std::uint32_t value);       // with type
std::string ggufF32(float value);
std::string ggufString(const std::string& text);
std::string ggufArray(std::uint32_t itemType, std::uint64_t count, const std::string& items);

/// One layer, dim 32, two heads, one kv head, FFN width 32, vocabulary 8, all F32.
Gguf smallGguf();

// --- safetensors ---

std::string safetensors(const std::string& header, const std::string& data,
                        std::optional<std::uint64_t> headerLength = {});

// --- zip and pickle ---

struct ZipPart {
    std::string name;
    std::string data;
    std::uint16_t method = 0;
    std::uint16_t localMethod = 0;
    std::uint16_t flags = 0;
    std::optional<std::uint32_t> crc;
    std::optional<std::uint32_t> compressed;
    std::optional<std::uint32_t> uncompressed;
    std::optional<std::uint32_t> localOffset;
    std::string centralExtra;
    std::uint32_t localSignature = 0x04034b50;
    std::uint32_t centralSignature = 0x02014b50;
};

struct Zip {
    std::vector<ZipPart> parts;
    std::optional<std::uint16_t> entries;
    std::optional<std::uint32_t> directorySize;
    std::optional<std::uint32_t> directoryOffset;
    std::string beforeEnd;  // bytes between the directory and its end record (ZIP64 records)
    std::string comment;
    std::string bytes() const;
};

/// A ZIP64 end record and its locator; `recordOffset` is where the record will stand in the file.
std::string zip64End(std::uint64_t entries, std::uint64_t size, std::uint64_t offset,
                     std::uint64_t recordOffset);

namespace pickle {
std::string text(const std::string& text);
std::string integer(std::int64_t value);
std::string global(const std::string& module, const std::string& name);
std::string tuple(const std::vector<std::int64_t>& values);
std::string storage(const std::string& type, const std::string& key, std::int64_t elements);
/// A tensor over one storage, as torch writes it.
std::string tensor(const std::string& type, const std::string& key, std::int64_t elements,
                   std::int64_t offset, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides);
/// PROTO, a dict of name and value opcodes, STOP.
std::string stateDict(const std::vector<std::pair<std::string, std::string>>& entries);
}  // namespace pickle

/// archive/data.pkl, archive/version and storage "0".
Zip pth(const std::string& pickled, const std::string& storage);

}  // namespace filebytes
