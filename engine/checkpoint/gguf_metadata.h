#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace engine {

/// One metadata value. Arrays of strings and of numbers keep their element type's family; nested arrays are
/// dropped.
using GgufValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string,
                               std::vector<std::string>, std::vector<double>, std::vector<std::int64_t>>;

/// Typed, checked access to GGUF key/value pairs: a wrong type reads as absent, never as a cast.
class GgufMetadata {
public:
    std::map<std::string, GgufValue, std::less<>> values;

    std::optional<std::string> text(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;  ///< any integer type that fits
    std::optional<double> number(std::string_view key) const;         ///< any integer or floating type
    std::optional<bool> flag(std::string_view key) const;
    const std::vector<std::string>* texts(std::string_view key) const;
    const std::vector<double>* numbers(std::string_view key) const;
    const std::vector<std::int64_t>* integers(std::string_view key) const;
};

}  // namespace engine
