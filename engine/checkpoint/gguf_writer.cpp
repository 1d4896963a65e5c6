#include "engine/checkpoint/gguf_writer.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>

#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

constexpr std::uint64_t kChunk = std::uint64_t{4} << 20;
constexpr std::size_t kMaxTensorName = 63;  // llama.cpp keeps names in 64 bytes
constexpr std::size_t kMaxRank = 4;

template <class T>
void put(std::string& out, T value) {
    static_assert(std::endian::native == std::endian::little, "GGUF is written in memory order");
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

void put(std::string& out, const std::string& text) {
    put<std::uint64_t>(out, text.size());
    out += text;
}

constexpr GgufValueType typeOf(bool) {
    return GgufValueType::boolean;
}
constexpr GgufValueType typeOf(std::uint32_t) {
    return GgufValueType::u32;
}
constexpr GgufValueType typeOf(std::int32_t) {
    return GgufValueType::i32;
}
constexpr GgufValueType typeOf(std::uint64_t) {
    return GgufValueType::u64;
}
constexpr GgufValueType typeOf(std::int64_t) {
    return GgufValueType::i64;
}
constexpr GgufValueType typeOf(float) {
    return GgufValueType::f32;
}
constexpr GgufValueType typeOf(double) {
    return GgufValueType::f64;
}
GgufValueType typeOf(const std::string&) {
    return GgufValueType::string;
}

void put(std::string& out, GgufValueType type) {
    put(out, static_cast<std::uint32_t>(type));
}

/// Appends a value with its type before it.
struct ValuePutter {
    std::string& out;

    template <class T>
    void operator()(const T& value) const {
        put(out, typeOf(value));
        put(out, value);
    }
    template <class T>
    void operator()(const std::vector<T>& values) const {
        put(out, GgufValueType::array);
        put(out, typeOf(T{}));
        put<std::uint64_t>(out, values.size());
        for (const auto& value : values)
            put(out, value);
    }
};

bool holdsOnlyUtf8(const GgufEntry::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        return isUtf8(*text);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value))
        return std::all_of(texts->begin(), texts->end(), [](const auto& text) { return isUtf8(text); });
    return true;
}

const GgufTensorType* writableType(DType type) {
    for (const auto& known : ggufTensorTypes())
        if (known.usable == type && (type == DType::f32 || type == DType::f16 || type == DType::bf16 ||
                                     type == DType::q8_0 || type == DType::q4_0))
            return &known;
    return nullptr;
}

Error invalid(const std::string& what) {
    return {ErrorCode::invalidInput, "gguf: " + what};
}

Result<void> checkEntries(const std::vector<GgufEntry>& entries) {
    std::set<std::string> keys;
    for (const auto& entry : entries) {
        if (!isPlainName(entry.key))
            return invalid("a key is not short plain text");
        if (entry.key == "general.alignment")
            return invalid("general.alignment is written from the alignment itself; leave the key out");
        if (!keys.insert(entry.key).second)
            return invalid("key " + entry.key + " is given twice");
        if (!holdsOnlyUtf8(entry.value))
            return invalid("the value of key " + entry.key + " is not UTF-8");
    }
    return {};
}

Result<void> checkTensors(const std::vector<GgufTensor>& tensors) {
    std::set<std::string> names;
    for (const auto& tensor : tensors) {
        if (!isPlainName(tensor.name) || tensor.name.size() > kMaxTensorName)
            return invalid("tensor name '" + tensor.name + "' is not plain text of 1 to 63 bytes");
        if (!names.insert(tensor.name).second)
            return invalid("tensor " + tensor.name + " is given twice");
        const auto* type = writableType(tensor.type);
        if (type == nullptr)
            return invalid("tensor " + tensor.name + " has type " + std::string(name(tensor.type)) +
                           "; F32, F16, BF16, Q8_0 and Q4_0 are written");
        if (tensor.shape.empty() || tensor.shape.size() > kMaxRank)
            return invalid("tensor " + tensor.name + " has " + std::to_string(tensor.shape.size()) +
                           " dims; 1 to 4 are possible");
        if (static_cast<std::uint64_t>(std::max<std::int64_t>(tensor.shape.back(), 0)) % type->elements != 0)
            return invalid("tensor " + tensor.name + " has rows of " + std::to_string(tensor.shape.back()) +
                           " elements, which blocks of " + std::to_string(type->elements) + " cannot hold");
        if (tensor.bytes() == 0)
            return invalid("tensor " + tensor.name + " has an extent below 1, or its size overflows");
    }
    return {};
}

Result<void> check(const GgufContents& contents) {
    if (!std::has_single_bit(contents.alignment) || contents.alignment < 8 ||
        contents.alignment > kMaxGgufAlignment)
        return invalid("alignment " + std::to_string(contents.alignment) +
                       " is no power of two from 8 bytes to 1 MiB");
    if (auto entries = checkEntries(contents.entries); !entries)
        return entries;
    return checkTensors(contents.tensors);
}

std::uint64_t roundUp(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

/// Everything before the tensors' data, padded to where it begins.
std::string headerOf(const GgufContents& contents) {
    const bool saysAlignment = contents.alignment != kGgufAlignment;
    std::string out = "GGUF";
    put<std::uint32_t>(out, 3);
    put<std::uint64_t>(out, contents.tensors.size());
    put<std::uint64_t>(out, contents.entries.size() + (saysAlignment ? 1 : 0));
    if (saysAlignment) {
        put(out, std::string("general.alignment"));
        ValuePutter{out}(static_cast<std::uint32_t>(contents.alignment));
    }
    for (const auto& entry : contents.entries) {
        put(out, entry.key);
        std::visit(ValuePutter{out}, entry.value);
    }
    std::uint64_t offset = 0;
    for (const auto& tensor : contents.tensors) {
        put(out, tensor.name);
        put(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent)
            put(out, static_cast<std::uint64_t>(*extent));
        put(out, writableType(tensor.type)->id);
        put(out, offset);
        offset += roundUp(static_cast<std::uint64_t>(tensor.bytes()), contents.alignment);
    }
    out.resize(roundUp(out.size(), contents.alignment), '\0');
    return out;
}

/// False when the system refused or a stop was asked for.
bool writeAll(std::FILE* file, const GgufContents& contents, const TensorFill& fill,
              const std::stop_token& stop) {
    const std::string header = headerOf(contents);
    if (std::fwrite(header.data(), 1, header.size(), file) != header.size())
        return false;
    std::vector<std::byte> buffer(kChunk);
    for (std::size_t index = 0; index < contents.tensors.size(); ++index) {
        const auto size = static_cast<std::uint64_t>(contents.tensors[index].bytes());
        const auto block = writableType(contents.tensors[index].type)->bytes;
        for (std::uint64_t done = 0; done < size;) {
            if (stop.stop_requested())
                return false;
            const auto count = std::min(kChunk / block * block, size - done);
            fill(index, done, {buffer.data(), count});
            if (std::fwrite(buffer.data(), 1, count, file) != count)
                return false;
            done += count;
        }
        const std::string padding(roundUp(size, contents.alignment) - size, '\0');
        if (std::fwrite(padding.data(), 1, padding.size(), file) != padding.size())
            return false;
    }
    return !stop.stop_requested();
}

}  // namespace

std::int64_t GgufTensor::bytes() const {
    const auto* stored = writableType(type);
    std::int64_t elements = 1;
    for (const auto extent : shape)
        if (extent < 1 || __builtin_mul_overflow(elements, extent, &elements))
            return 0;
    std::int64_t total = 0;
    return stored == nullptr || __builtin_mul_overflow(elements / static_cast<std::int64_t>(stored->elements),
                                                       static_cast<std::int64_t>(stored->bytes), &total)
               ? 0
               : total;
}

Result<void> writeGguf(const std::filesystem::path& path, const GgufContents& contents,
                       const TensorFill& fill, std::stop_token stop) {
    if (auto valid = check(contents); !valid)
        return valid.error().in(path.string());
    const auto unfinished = std::filesystem::path(path).concat(".part");
    const auto failed = [&](const std::string& reason) {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        return stop.stop_requested()
                   ? Error{ErrorCode::cancelled, "writing " + path.string() + " was stopped"}
                   : Error{ErrorCode::io, path.string() + " cannot be written: " + reason};
    };
    errno = 0;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(unfinished.c_str(), "wb"), std::fclose);
    if (!file)
        return Error{ErrorCode::io, path.string() + " cannot be written: " + std::strerror(errno)};
    const bool whole = writeAll(file.get(), contents, fill, stop);
    const int reason = errno;
    if (!whole)
        return failed(std::strerror(reason));
    if (std::fclose(file.release()) != 0)
        return failed(std::strerror(errno));
    std::error_code renamed;
    std::filesystem::rename(unfinished, path, renamed);
    if (renamed)
        return failed(renamed.message());
    return {};
}

}  // namespace engine
