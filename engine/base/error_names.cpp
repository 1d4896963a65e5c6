#include "engine/base/error_names.h"

#include <utility>

namespace engine {
namespace {

constexpr std::pair<ErrorCode, std::string_view> kNames[] = {
    {ErrorCode::invalidInput, "invalidInput"},
    {ErrorCode::corrupt, "corrupt"},
    {ErrorCode::unsupported, "unsupported"},
    {ErrorCode::notFound, "notFound"},
    {ErrorCode::io, "io"},
    {ErrorCode::outOfMemory, "outOfMemory"},
    {ErrorCode::contextOverflow, "contextOverflow"},
    {ErrorCode::cancelled, "cancelled"},
    {ErrorCode::unavailable, "unavailable"},
    {ErrorCode::internal, "internal"},
};

}  // namespace

std::string_view name(ErrorCode code) {
    for (const auto& [value, text] : kNames)
        if (value == code)
            return text;
    return "internal";
}

ErrorCode errorCodeFromName(std::string_view text) {
    for (const auto& [value, known] : kNames)
        if (known == text)
            return value;
    return ErrorCode::internal;
}

}  // namespace engine
