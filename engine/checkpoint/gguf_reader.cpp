#include "engine/checkpoint/gguf_reader.h"

#include <algorithm>

#include "engine/checkpoint/byte_cursor.h"
#include "engine/checkpoint/gguf_types.h"
#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

constexpr std::uint64_t kMaxText = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxTensors = 1 << 16;
constexpr std::uint64_t kMaxKeys = 1 << 16;
constexpr int kMaxArrayDepth = 4;
constexpr std::uint64_t kMaxItems =
    1 << 22;  // of all arrays together: vocabularies have under 600,000 with their merges

class GgufParser {
public:
    explicit GgufParser(std::span<const std::byte> bytes) : bytes_(bytes), cursor_(bytes) {}

    Result<GgufFile> parse() {
        const auto magic = cursor_.text(4);
        if (!magic || *magic != "GGUF")
            return fail("does not begin with 'GGUF'");
        const auto version = cursor_.read<std::uint32_t>();
        if (!version)
            return fail("is cut off");
        if (*version != 2 && *version != 3)
            return Error{ErrorCode::unsupported, "gguf: version " + std::to_string(*version) +
                                                     (*version > 0xffff ? " (big-endian file)" : "") +
                                                     " is not read; versions 2 and 3 are"};
        const auto tensorCount = cursor_.read<std::uint64_t>();
        const auto keyCount = cursor_.read<std::uint64_t>();
        // A tensor takes at least 24 bytes here, a key at least 13.
        if (!tensorCount || !keyCount || *tensorCount > kMaxTensors ||
            *tensorCount > cursor_.remaining() / 24 || *keyCount > kMaxKeys ||
            *keyCount > cursor_.remaining() / 13)
            return fail("promises more tensors or keys than it can hold");
        for (std::uint64_t i = 0; i < *keyCount; ++i)
            if (!readPair())
                return *error_;
        std::vector<Pending> pending;
        for (std::uint64_t i = 0; i < *tensorCount; ++i)
            if (!readTensorInfo(pending))
                return *error_;
        if (!place(pending))
            return *error_;
        return std::move(file_);
    }

private:
    struct Pending {
        std::string name;
        const GgufTensorType* type = nullptr;
        std::vector<std::int64_t> shape;  // row-major
        std::uint64_t bytes;
        std::uint64_t offset;
        std::size_t where;
    };

    Error fail(const std::string& what) const {
        return {ErrorCode::corrupt, "gguf: the file " + what + " (offset " +
                                        std::to_string(cursor_.position()) +
                                        "); it may be truncated or damaged"};
    }
    bool refuse(const std::string& what) {
        if (!error_)
            error_ = fail(what);
        return false;
    }

    std::optional<std::string> text() {
        const auto length = cursor_.read<std::uint64_t>();
        if (!length || *length > kMaxText)
            return std::nullopt;
        const auto view = cursor_.text(*length);
        return view ? std::optional(std::string(*view)) : std::nullopt;
    }

    template <class T, class As>
    std::optional<GgufValue> scalar() {
        const auto value = cursor_.read<T>();
        return value ? std::optional<GgufValue>(static_cast<As>(*value)) : std::nullopt;
    }

    std::optional<GgufValue> value(std::uint32_t type, int depth) {
        using Type = GgufValueType;
        switch (static_cast<Type>(type)) {
            case Type::u8:
                return scalar<std::uint8_t, std::int64_t>();
            case Type::i8:
                return scalar<std::int8_t, std::int64_t>();
            case Type::u16:
                return scalar<std::uint16_t, std::int64_t>();
            case Type::i16:
                return scalar<std::int16_t, std::int64_t>();
            case Type::u32:
                return scalar<std::uint32_t, std::int64_t>();
            case Type::i32:
                return scalar<std::int32_t, std::int64_t>();
            case Type::f32:
                return scalar<float, double>();
            case Type::f64:
                return scalar<double, double>();
            case Type::u64:
                return scalar<std::uint64_t, std::uint64_t>();
            case Type::i64:
                return scalar<std::int64_t, std::int64_t>();
            case Type::boolean: {
                const auto byte = cursor_.read<std::uint8_t>();
                return byte && *byte <= 1 ? std::optional<GgufValue>(*byte == 1) : std::nullopt;
            }
            case Type::string: {
                auto string = text();
                return string ? std::optional<GgufValue>(std::move(*string)) : std::nullopt;
            }
            case Type::array:
                return array(depth + 1);
        }
        return std::nullopt;
    }

    std::optional<GgufValue> array(int depth) {
        const auto type = cursor_.read<std::uint32_t>();
        const auto count = cursor_.read<std::uint64_t>();
        // Every element takes at least one byte, so a count beyond the rest of the file is a lie.
        if (!type || !count || depth > kMaxArrayDepth || *count > cursor_.remaining() ||
            *count > kMaxItems - items_)
            return std::nullopt;
        items_ += *count;
        std::vector<std::string> texts;
        std::vector<double> numbers;
        std::vector<std::int64_t> integers;
        for (std::uint64_t i = 0; i < *count; ++i) {
            auto item = value(*type, depth);
            if (!item)
                return std::nullopt;
            if (auto* string = std::get_if<std::string>(&*item))
                texts.push_back(std::move(*string));
            else if (const auto* number = std::get_if<double>(&*item))
                numbers.push_back(*number);
            else if (const auto* integer = std::get_if<std::int64_t>(&*item))
                integers.push_back(*integer);
            else if (const auto* wide = std::get_if<std::uint64_t>(&*item))
                integers.push_back(static_cast<std::int64_t>(*wide));
            else if (const auto* flag = std::get_if<bool>(&*item))
                integers.push_back(*flag ? 1 : 0);
        }
        const auto of = static_cast<GgufValueType>(*type);
        if (of == GgufValueType::string)
            return GgufValue(std::move(texts));
        if (of == GgufValueType::f32 || of == GgufValueType::f64)
            return GgufValue(std::move(numbers));
        return GgufValue(std::move(integers));
    }

    bool readPair() {
        auto key = text();
        const auto type = key ? cursor_.read<std::uint32_t>() : std::nullopt;
        if (!type)
            return refuse("is cut off in a key");
        if (!isPlainName(*key))
            return refuse("has a key that is not short plain text");
        auto read = value(*type, 0);
        const auto* string = read ? std::get_if<std::string>(&*read) : nullptr;
        if (!read || (string != nullptr && !isUtf8(*string)))
            return refuse("has a damaged value for key '" + *key + "'");
        if (!file_.metadata.values.emplace(std::move(*key), std::move(*read)).second)
            return refuse("has a key twice");
        return true;
    }

    bool readTensorInfo(std::vector<Pending>& pending) {
        Pending tensor;
        tensor.where = cursor_.position();
        auto name = text();
        const auto rank = name ? cursor_.read<std::uint32_t>() : std::nullopt;
        if (!rank)
            return refuse("is cut off in a tensor's name");
        if (!isPlainName(*name))
            return refuse("has a tensor whose name is not short plain text");
        tensor.name = std::move(*name);
        if (*rank > 4)
            return refuse("gives tensor " + tensor.name + " " + std::to_string(*rank) +
                          " dims, at most 4 are possible");
        std::uint64_t elements = 1;
        tensor.shape.resize(*rank);
        for (std::uint32_t i = 0; i < *rank; ++i) {
            const auto extent = cursor_.read<std::uint64_t>();
            if (!extent || *extent > static_cast<std::uint64_t>(INT64_MAX) ||
                __builtin_mul_overflow(elements, *extent, &elements))
                return refuse("gives tensor " + tensor.name + " dims that overflow");
            tensor.shape[*rank - 1 - i] = static_cast<std::int64_t>(*extent);
        }
        const auto type = cursor_.read<std::uint32_t>();
        const auto offset = cursor_.read<std::uint64_t>();
        if (!type || !offset)
            return refuse("is cut off in tensor " + tensor.name);
        for (const auto& info : ggufTensorTypes())
            if (info.id == *type)
                tensor.type = &info;
        if (tensor.type == nullptr)
            return refuse("gives tensor " + tensor.name + " the unknown type " + std::to_string(*type));
        const auto row =
            tensor.shape.empty() ? std::uint64_t{1} : static_cast<std::uint64_t>(tensor.shape.back());
        if (row % tensor.type->elements != 0 ||
            __builtin_mul_overflow(elements / tensor.type->elements, tensor.type->bytes, &tensor.bytes))
            return refuse("gives tensor " + tensor.name + " rows of " + std::to_string(row) +
                          " elements, which " + tensor.type->name + " cannot hold");
        tensor.offset = *offset;
        pending.push_back(std::move(tensor));
        return true;
    }

    bool place(const std::vector<Pending>& pending) {
        std::uint64_t alignment = kGgufAlignment;
        if (file_.metadata.values.count("general.alignment") != 0) {
            const auto given = file_.metadata.integer("general.alignment");
            if (!given || *given < 1 || static_cast<std::uint64_t>(*given) > kMaxGgufAlignment ||
                (*given & (*given - 1)) != 0)
                return refuse("has an alignment that is no power of two up to 1 MiB");
            alignment = static_cast<std::uint64_t>(*given);
        }
        const std::uint64_t start = (cursor_.position() + alignment - 1) / alignment * alignment;
        for (const auto& tensor : pending) {
            if (tensor.offset % alignment != 0)
                return refuse("puts tensor " + tensor.name + " at offset " + std::to_string(tensor.offset) +
                              ", not a multiple of " + std::to_string(alignment));
            if (start > bytes_.size() || tensor.offset > bytes_.size() - start ||
                tensor.bytes > bytes_.size() - start - tensor.offset)
                return refuse("ends before tensor " + tensor.name + " does (needs " +
                              std::to_string(tensor.bytes) + " bytes at " +
                              std::to_string(start + tensor.offset) + ")");
            if (file_.tensors.count(tensor.name) + file_.otherTypes.count(tensor.name) != 0)
                return refuse("has tensor " + tensor.name + " twice");
            if (!tensor.type->usable) {
                file_.otherTypes.emplace(tensor.name, tensor.type->name);
                continue;
            }
            Tensor view;
            view.type = *tensor.type->usable;
            view.shape = tensor.shape;
            view.data = bytes_.data() + start + tensor.offset;
            if (itemSize(view.type) != 0) {
                auto strides = rowMajorStrides(view.shape);
                if (!strides)
                    return refuse("gives tensor " + tensor.name + " dims that overflow");
                view.strides = std::move(*strides);
            }
            file_.tensors.emplace(tensor.name, std::move(view));
        }
        return refuseOverlaps(pending);
    }

    bool refuseOverlaps(const std::vector<Pending>& pending) {
        std::vector<const Pending*> byOffset;
        for (const auto& tensor : pending)
            if (tensor.bytes > 0)
                byOffset.push_back(&tensor);
        std::sort(byOffset.begin(), byOffset.end(),
                  [](const auto* a, const auto* b) { return a->offset < b->offset; });
        for (std::size_t i = 1; i < byOffset.size(); ++i)
            if (byOffset[i]->offset - byOffset[i - 1]->offset < byOffset[i - 1]->bytes)
                return refuse("puts tensors " + byOffset[i - 1]->name + " and " + byOffset[i]->name +
                              " on the same bytes");
        return true;
    }

    std::span<const std::byte> bytes_;
    ByteCursor cursor_;
    GgufFile file_;
    std::uint64_t items_ = 0;  // of arrays so far
    std::optional<Error> error_;
};

}  // namespace

Result<GgufFile> readGguf(const MappedFile& file) {
    auto parsed = GgufParser(file.bytes()).parse();
    if (!parsed)
        return parsed.error().in(file.path().string());
    return parsed;
}

}  // namespace engine
