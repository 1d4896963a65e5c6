#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/untrusted_text.h"

namespace engine {

/// Reads a small JSON object from an untrusted file: at most `maxBytes`, at most 64 levels deep. Errors:
/// notFound, io, corrupt.
inline Result<nlohmann::json> readJsonFile(const std::filesystem::path& path, std::size_t maxBytes) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    if (bytes.size() > maxBytes)
        return Error{ErrorCode::corrupt,
                     path.string() + " is larger than " + std::to_string(maxBytes >> 20) + " MiB"};
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!withinLimits(text, {}))
        return Error{ErrorCode::corrupt, path.string() + " is nested deeper than 64 or has too many values"};
    auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return Error{ErrorCode::corrupt, path.string() + " is not a valid JSON object"};
    return json;
}

/// A number of the object, absent for other types. Integers must be whole.
inline std::optional<std::int64_t> integerAt(const nlohmann::json& json, const char* key) {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_number_integer())
        return std::nullopt;
    if (at->is_number_unsigned() && at->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return std::nullopt;
    return at->get<std::int64_t>();
}
inline std::optional<double> numberAt(const nlohmann::json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}
inline std::optional<bool> flagAt(const nlohmann::json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_boolean() ? std::optional(at->get<bool>()) : std::nullopt;
}
inline std::optional<std::string> textAt(const nlohmann::json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_string() ? std::optional(at->get<std::string>()) : std::nullopt;
}

}  // namespace engine
