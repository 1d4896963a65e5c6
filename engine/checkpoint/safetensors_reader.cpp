#include "engine/checkpoint/safetensors_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/checkpoint/byte_cursor.h"
#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr std::size_t kMaxRank = 8;
constexpr int kMaxDepth = 4;
constexpr std::size_t kMaxValues = 2'000'000;

/// Reads `text` as JSON and refuses what the DOM would hide: duplicate names and deep nesting.
Result<Json> parseStrictly(std::string_view text) {
    if (!withinLimits(text, {kMaxDepth, kMaxValues}))
        return Error{ErrorCode::corrupt, "safetensors: the header is nested deeper than " +
                                             std::to_string(kMaxDepth) + " or has more than " +
                                             std::to_string(kMaxValues) + " values"};
    // The JSON parser takes a NUL for the end of its input; here it is a byte of tensor data that the header
    // reaches into.
    if (text.find('\0') != std::string_view::npos)
        return Error{ErrorCode::corrupt, "safetensors: the header is not valid UTF-8 JSON"};
    std::vector<std::set<std::string>> names;
    std::string problem;
    const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start)
            names.emplace_back();
        else if (event == Json::parse_event_t::object_end && !names.empty())
            names.pop_back();
        else if (event == Json::parse_event_t::key && !names.empty() &&
                 !names.back().insert(parsed.get<std::string>()).second && problem.empty())
            problem = "names '" + parsed.get<std::string>().substr(0, 80) + "' twice";
        return true;
    };
    try {
        Json json = Json::parse(text, watch);
        if (!problem.empty())
            return Error{ErrorCode::corrupt, "safetensors: the header " + problem};
        return json;
    } catch (const Json::exception&) {
        return Error{ErrorCode::corrupt, "safetensors: the header is not valid UTF-8 JSON"};
    }
}

std::optional<DType> typeOf(const std::string& name) {
    static const std::map<std::string, DType> types = {
        {"F64", DType::f64}, {"F32", DType::f32},     {"F16", DType::f16}, {"BF16", DType::bf16},
        {"I64", DType::i64}, {"I32", DType::i32},     {"I16", DType::i16}, {"I8", DType::i8},
        {"U8", DType::u8},   {"BOOL", DType::boolean}};
    const auto at = types.find(name);
    return at == types.end() ? std::nullopt : std::optional(at->second);
}

struct Span {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

std::optional<std::vector<std::uint64_t>> naturals(const Json& json, std::size_t most) {
    if (!json.is_array() || json.size() > most)
        return std::nullopt;
    std::vector<std::uint64_t> numbers;
    for (const auto& item : json) {
        if (!item.is_number_unsigned())
            return std::nullopt;
        numbers.push_back(item.get<std::uint64_t>());
    }
    return numbers;
}

/// Reads one header entry; `span` receives its place in the data.
Result<Tensor> describe(const std::string& name, const Json& json, std::span<const std::byte> data,
                        Span& span) {
    const auto fail = [&](const std::string& what) {
        return Error{ErrorCode::corrupt, "safetensors: tensor " + name + " " + what};
    };
    if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") ||
        !json.contains("data_offsets") || !json["dtype"].is_string())
        return fail("lacks dtype, shape or data_offsets");
    const auto type = typeOf(json["dtype"].get<std::string>());
    if (!type)
        return Error{ErrorCode::unsupported, "safetensors: tensor " + name + " has type " +
                                                 json["dtype"].get<std::string>() +
                                                 ", which is not read here"};
    const auto shape = naturals(json["shape"], kMaxRank);
    const auto offsets = naturals(json["data_offsets"], 2);
    if (!shape || !offsets || offsets->size() != 2)
        return fail("has a shape or offsets that are not non-negative integers");
    span = {(*offsets)[0], (*offsets)[1]};
    if (span.begin > span.end || span.end > data.size())
        return fail("lies outside the file (offsets " + std::to_string(span.begin) + " to " +
                    std::to_string(span.end) + " of " + std::to_string(data.size()) + ")");
    std::uint64_t bytes = itemSize(*type);
    Tensor tensor;
    tensor.type = *type;
    for (const auto extent : *shape) {
        if (extent > static_cast<std::uint64_t>(INT64_MAX) || __builtin_mul_overflow(bytes, extent, &bytes))
            return fail("has a shape that overflows");
        tensor.shape.push_back(static_cast<std::int64_t>(extent));
    }
    if (bytes != span.end - span.begin)
        return fail("needs " + std::to_string(bytes) + " bytes but has " +
                    std::to_string(span.end - span.begin));
    auto strides = rowMajorStrides(tensor.shape);
    if (!strides)
        return fail("has a shape that overflows");
    tensor.strides = std::move(*strides);
    tensor.data = data.data() + span.begin;
    return tensor;
}

Result<void> checkMetadata(const Json& json) {
    if (!json.is_object())
        return Error{ErrorCode::corrupt, "safetensors: __metadata__ is not an object"};
    for (const auto& item : json)
        if (!item.is_string())
            return Error{ErrorCode::corrupt, "safetensors: __metadata__ holds something that is not text"};
    return {};
}

Result<void> checkCoverage(std::vector<Span> spans, std::size_t dataBytes) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::uint64_t at = 0;
    for (const auto& span : spans) {
        if (span.begin != at)
            return Error{
                ErrorCode::corrupt,
                "safetensors: the tensors leave a hole or overlap at data offset " + std::to_string(at)};
        at = span.end;
    }
    if (at != dataBytes)
        return Error{ErrorCode::corrupt,
                     "safetensors: " + std::to_string(dataBytes - at) + " bytes after the last tensor"};
    return {};
}

}  // namespace

Result<TensorMap> readSafetensors(const MappedFile& file, std::map<std::string, std::string>* metadata) {
    const std::string where = file.path().string();
    const auto fail = [&](const std::string& what) {
        return Error{ErrorCode::corrupt, where + ": safetensors: " + what};
    };
    ByteCursor cursor(file.bytes());
    const auto length = cursor.read<std::uint64_t>();
    if (!length)
        return fail("the file is shorter than 8 bytes");
    if (*length > kMaxHeader || *length > cursor.remaining())
        return fail("a header of " + std::to_string(*length) +
                    " bytes does not fit; the file may be truncated");
    const auto header = *cursor.text(*length);
    if (header.empty() || header.front() != '{')
        return fail("the header is not a JSON object");
    auto json = parseStrictly(header);
    if (!json)
        return json.error().in(where);
    const auto data = file.bytes().subspan(cursor.position());
    TensorMap tensors;
    std::vector<Span> spans;
    for (const auto& [name, entry] : json->items()) {
        if (name == "__metadata__") {
            if (auto ok = checkMetadata(entry); !ok)
                return ok.error().in(where);
            if (metadata != nullptr)
                *metadata = entry.get<std::map<std::string, std::string>>();
            continue;
        }
        if (!isPlainName(name))
            return fail("a tensor's name is empty, longer than 1024 bytes or not plain text");
        Span span;
        auto tensor = describe(name, entry, data, span);
        if (!tensor)
            return tensor.error().in(where);
        spans.push_back(span);
        tensors.emplace(name, std::move(*tensor));
    }
    if (auto ok = checkCoverage(std::move(spans), data.size()); !ok)
        return ok.error().in(where);
    return tensors;
}

}  // namespace engine
