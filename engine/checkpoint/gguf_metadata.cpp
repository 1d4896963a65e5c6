#include "engine/checkpoint/gguf_metadata.h"

#include <limits>

namespace engine {
namespace {

template <class T>
const T* typed(const GgufMetadata& metadata, std::string_view key) {
    const auto at = metadata.values.find(key);
    return at == metadata.values.end() ? nullptr : std::get_if<T>(&at->second);
}

}  // namespace

std::optional<std::string> GgufMetadata::text(std::string_view key) const {
    const auto* value = typed<std::string>(*this, key);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> GgufMetadata::integer(std::string_view key) const {
    if (const auto* value = typed<std::int64_t>(*this, key))
        return *value;
    if (const auto* value = typed<std::uint64_t>(*this, key);
        value && *value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return static_cast<std::int64_t>(*value);
    return std::nullopt;
}

std::optional<double> GgufMetadata::number(std::string_view key) const {
    if (const auto* value = typed<double>(*this, key))
        return *value;
    if (const auto value = integer(key))
        return static_cast<double>(*value);
    return std::nullopt;
}

std::optional<bool> GgufMetadata::flag(std::string_view key) const {
    const auto* value = typed<bool>(*this, key);
    return value ? std::optional(*value) : std::nullopt;
}

const std::vector<std::string>* GgufMetadata::texts(std::string_view key) const {
    return typed<std::vector<std::string>>(*this, key);
}
const std::vector<double>* GgufMetadata::numbers(std::string_view key) const {
    return typed<std::vector<double>>(*this, key);
}
const std::vector<std::int64_t>* GgufMetadata::integers(std::string_view key) const {
    return typed<std::vector<std::int64_t>>(*this, key);
}

}  // namespace engine
