#include "tests/engine/checkpoint/file_bytes.h"

#include <fstream>
#include <iterator>
#include <span>

#include "engine/checkpoint/zip_directory.h"

namespace filebytes {

void writeFile(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string readFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string ggufText(const std::string& text) {
    return le<std::uint64_t>(text.size()) + text;
}
std::string ggufU32(std::uint32_t value) {
    return le<std::uint32_t>(4) + le(value);
}
std::string ggufF32(float value) {
    return le<std::uint32_t>(6) + le(value);
}
std::string ggufString(const std::string& text) {
    return le<std::uint32_t>(8) + ggufText(text);
}
std::string ggufArray(std::uint32_t itemType, std::uint64_t count, const std::string& items) {
    return le<std::uint32_t>(9) + le(itemType) + le(count) + items;
}

void Gguf::set(const std::string& name, const std::string& value) {
    for (auto& key : keys)
        if (key.first == name) {
            key.second = value;
            return;
        }
    keys.emplace_back(name, value);
}

void Gguf::remove(const std::string& name) {
    std::erase_if(keys, [&](const auto& key) { return key.first == name; });
}

GgufTensor& Gguf::tensor(const std::string& name) {
    for (auto& tensor : tensors)
        if (tensor.name == name)
            return tensor;
    return tensors.emplace_back(GgufTensor{name, {}, 0, {}, {}});
}

std::string Gguf::bytes() const {
    std::string out =
        magic + le(version) + le(tensorCount.value_or(tensors.size())) + le(keyCount.value_or(keys.size()));
    for (const auto& [name, value] : keys)
        out += ggufText(name) + value;
    std::string data;
    const auto pad = [this](std::string& bytes) {
        bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
    };
    for (const auto& tensor : tensors) {
        pad(data);
        out += ggufText(tensor.name) + le(static_cast<std::uint32_t>(tensor.dims.size()));
        for (const auto dim : tensor.dims)
            out += le(dim);
        out += le(tensor.type) + le(tensor.offset.value_or(data.size()));
        data += tensor.data;
    }
    pad(out);
    out += data;
    out.resize(out.size() - cutAtEnd);
    return out;
}

Gguf smallGguf() {
    Gguf gguf;
    gguf.keys = {{"general.architecture", ggufString("llama")},
                 {"general.name", ggufString("small")},
                 {"llama.embedding_length", ggufU32(32)},
                 {"llama.block_count", ggufU32(1)},
                 {"llama.attention.head_count", ggufU32(2)},
                 {"llama.attention.head_count_kv", ggufU32(1)},
                 {"llama.context_length", ggufU32(64)},
                 {"llama.attention.layer_norm_rms_epsilon", ggufF32(1e-5F)},
                 {"llama.rope.freq_base", ggufF32(10000.0F)}};
    const auto add = [&](const std::string& name, std::vector<std::uint64_t> dims) {
        std::uint64_t elements = 1;
        for (const auto dim : dims)
            elements *= dim;
        gguf.tensors.push_back({name, std::move(dims), 0, {}, std::string(elements * 4, '\0')});
    };
    add("token_embd.weight", {32, 8});
    for (const char* norm : {"blk.0.attn_norm.weight", "blk.0.ffn_norm.weight", "output_norm.weight"})
        add(norm, {32});
    for (const char* square : {"attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"})
        add(std::string("blk.0.") + square + ".weight", {32, 32});
    add("blk.0.attn_k.weight", {32, 16});
    add("blk.0.attn_v.weight", {32, 16});
    return gguf;
}

std::string safetensors(const std::string& header, const std::string& data,
                        std::optional<std::uint64_t> headerLength) {
    return le(headerLength.value_or(header.size())) + header + data;
}

std::string Zip::bytes() const {
    std::string out;
    std::string directory;
    for (const auto& part : parts) {
        const auto offset = part.localOffset.value_or(static_cast<std::uint32_t>(out.size()));
        const auto crc = part.crc.value_or(engine::crc32(std::as_bytes(std::span(part.data))));
        const auto size = static_cast<std::uint32_t>(part.data.size());
        const auto sizes =
            le(crc) + le(part.compressed.value_or(size)) + le(part.uncompressed.value_or(size));
        const auto nameSize = le(static_cast<std::uint16_t>(part.name.size()));
        const auto stamp = le<std::uint16_t>(0) + le<std::uint16_t>(33);
        out += le(part.localSignature) + le<std::uint16_t>(20) + le(part.flags) + le(part.localMethod) +
               stamp + sizes + nameSize + le<std::uint16_t>(0) + part.name + part.data;
        directory += le(part.centralSignature) + le<std::uint16_t>(20) + le<std::uint16_t>(20) +
                     le(part.flags) + le(part.method) + stamp + sizes + nameSize +
                     le(static_cast<std::uint16_t>(part.centralExtra.size())) + le<std::uint16_t>(0) +
                     le<std::uint16_t>(0) + le<std::uint16_t>(0) + le<std::uint32_t>(0) + le(offset) +
                     part.name + part.centralExtra;
    }
    const auto start = static_cast<std::uint32_t>(out.size());
    const auto count = entries.value_or(static_cast<std::uint16_t>(parts.size()));
    out += directory + beforeEnd;
    out += le<std::uint32_t>(0x06054b50) + le<std::uint16_t>(0) + le<std::uint16_t>(0) + le(count) +
           le(count) + le(directorySize.value_or(static_cast<std::uint32_t>(directory.size()))) +
           le(directoryOffset.value_or(start)) + le(static_cast<std::uint16_t>(comment.size())) + comment;
    return out;
}

std::string zip64End(std::uint64_t entries, std::uint64_t size, std::uint64_t offset,
                     std::uint64_t recordOffset) {
    return le<std::uint32_t>(0x06064b50) + le<std::uint64_t>(44) + le<std::uint16_t>(45) +
           le<std::uint16_t>(45) + le<std::uint32_t>(0) + le<std::uint32_t>(0) + le(entries) + le(entries) +
           le(size) + le(offset) + le<std::uint32_t>(0x07064b50) + le<std::uint32_t>(0) + le(recordOffset) +
           le<std::uint32_t>(1);
}

namespace pickle {

std::string text(const std::string& text) {
    return "X" + le(static_cast<std::uint32_t>(text.size())) + text;
}
std::string integer(std::int64_t value) {
    return "\x8a\x08" + le(value);
}
std::string global(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}
std::string tuple(const std::vector<std::int64_t>& values) {
    std::string out = "(";
    for (const auto value : values)
        out += integer(value);
    return out + "t";
}
std::string storage(const std::string& type, const std::string& key, std::int64_t elements) {
    return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + integer(elements) + "tQ";
}
std::string tensor(const std::string& type, const std::string& key, std::int64_t elements,
                   std::int64_t offset, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides) {
    return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage(type, key, elements) +
           integer(offset) + tuple(shape) + tuple(strides) + "\x89" + global("collections", "OrderedDict") +
           ")RtR";
}
std::string stateDict(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string out = "\x80\x02}(";
    for (const auto& [name, value] : entries)
        out += text(name) + value;
    return out + "u.";
}

}  // namespace pickle

Zip pth(const std::string& pickled, const std::string& storage) {
    Zip zip;
    zip.parts.resize(3);
    zip.parts[0].name = "archive/data.pkl";
    zip.parts[0].data = pickled;
    zip.parts[1].name = "archive/data/0";
    zip.parts[1].data = storage;
    zip.parts[2].name = "archive/version";
    zip.parts[2].data = "3\n";
    return zip;
}

}  // namespace filebytes
