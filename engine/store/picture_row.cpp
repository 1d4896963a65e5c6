#include "engine/store/picture_row.h"

#include <string_view>

#include "engine/checkpoint/file_digest.h"

namespace engine {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view begin;
    const char* mediaType;
};
constexpr Signature kSignatures[] = {
    {"\x89PNG\r\n\x1a\n"sv, "image/png"},
    {"\xff\xd8\xff"sv, "image/jpeg"},
    {"GIF8"sv, "image/gif"},
    {"BM"sv, "image/bmp"},
    {"II*\0"sv, "image/tiff"},
    {"MM\0*"sv, "image/tiff"},
};

const char* mediaTypeOf(std::string_view content) {
    if (content.starts_with("RIFF") && content.substr(0, 12).ends_with("WEBP"))
        return "image/webp";
    if (content.size() > 2 && content[0] == 'P' && content[1] >= '1' && content[1] <= '6')
        return "image/x-portable-anymap";
    for (const auto& [begin, mediaType] : kSignatures)
        if (content.starts_with(begin))
            return mediaType;
    return "application/octet-stream";
}

}  // namespace

PictureRow pictureRow(std::string name, std::string content, std::int64_t width, std::int64_t height) {
    PictureRow row{std::move(name), mediaTypeOf(content), width, height, textDigest(content), nullptr};
    row.content = std::make_shared<const std::string>(std::move(content));
    return row;
}

}  // namespace engine
