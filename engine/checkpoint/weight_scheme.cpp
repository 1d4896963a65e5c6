#include "engine/checkpoint/weight_scheme.h"

#include <charconv>
#include <cmath>
#include <vector>

namespace engine {
namespace {

using Kind = WeightScheme::Kind;

constexpr std::int64_t kMostGroup = 1 << 20;

std::vector<std::string_view> parts(std::string_view text) {
    std::vector<std::string_view> found;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find('_', begin), text.size());
        found.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return found;
}

/// The number behind `prefix`, when it lies in low..high.
std::optional<std::int64_t> numberAfter(std::string_view text, std::string_view prefix, std::int64_t low,
                                        std::int64_t high) {
    if (!text.starts_with(prefix))
        return std::nullopt;
    text.remove_prefix(prefix.size());
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size() || number < low || number > high)
        return std::nullopt;
    return number;
}

std::optional<WeightScheme> parseGroups(const std::vector<std::string_view>& words) {
    if (words.size() != 2)
        return std::nullopt;
    const bool symmetric = words[0].starts_with("int");
    const auto bits = numberAfter(words[0], symmetric ? "int" : "uint", 2, 8);
    const auto group = numberAfter(words[1], "g", 2, kMostGroup);
    if (!bits || !group)
        return std::nullopt;
    return WeightScheme::groupwise(static_cast<int>(*bits), *group, symmetric);
}

std::int64_t roundUpTo8(std::int64_t bits) {
    return (bits + 7) / 8;
}

}  // namespace

WeightScheme WeightScheme::groupwise(int bits, std::int64_t groupSize, bool symmetric) {
    WeightScheme scheme;
    scheme.kind = Kind::groups;
    scheme.bits = bits;
    scheme.groupSize = groupSize;
    scheme.symmetric = symmetric;
    return scheme;
}

std::optional<WeightScheme> WeightScheme::parse(std::string_view name) {
    WeightScheme scheme;
    struct Plain {
        std::string_view name;
        Kind kind;
        int bits;
    };
    constexpr Plain kPlain[] = {{"bf16", Kind::bf16, 16},
                                {"f16", Kind::f16, 16},
                                {"f32", Kind::f32, 32},
                                {"int8_channel", Kind::int8Channel, 8}};
    for (const auto& plain : kPlain)
        if (name == plain.name) {
            scheme.kind = plain.kind;
            scheme.bits = plain.bits;
            return scheme;
        }
    return parseGroups(parts(name));
}

std::string WeightScheme::name() const {
    switch (kind) {
        case Kind::bf16:
            return "bf16";
        case Kind::f16:
            return "f16";
        case Kind::f32:
            return "f32";
        case Kind::int8Channel:
            return "int8_channel";
        case Kind::groups:
            break;
    }
    return (symmetric ? "int" : "uint") + std::to_string(bits) + "_g" + std::to_string(groupSize);
}

std::int64_t WeightScheme::groups(std::int64_t cols) const {
    return groupSize > 0 ? (cols + groupSize - 1) / groupSize : 1;
}

std::int64_t WeightScheme::bytes(std::int64_t rows, std::int64_t cols) const {
    switch (kind) {
        case Kind::bf16:
        case Kind::f16:
            return rows * cols * 2;
        case Kind::f32:
            return rows * cols * 4;
        case Kind::int8Channel:
            return rows * cols + rows * 4;
        case Kind::groups:
            break;
    }
    return rows * (roundUpTo8(cols * bits) + groups(cols) * (symmetric ? 2 : 3));
}

}  // namespace engine
