#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace engine {

/// A picture of a message, or of the prompt of a comparison. The database keeps its bytes once, under their
/// digest, however many messages refer to it, and forgets them with the last of these.
struct PictureRow {
    std::string name;        ///< the file's, for people
    std::string mediaType;   ///< "image/png"
    std::int64_t width = 0;  ///< pixels as it is shown; 0 where that is not known
    std::int64_t height = 0;
    std::string sha256;                          ///< of content, lower-case hexadecimal
    std::shared_ptr<const std::string> content;  ///< the file as it came, never null

    std::int64_t bytes() const { return static_cast<std::int64_t>(content->size()); }
    /// One picture of one name; the bytes are told apart by their digest.
    bool operator==(const PictureRow& other) const {
        return name == other.name && mediaType == other.mediaType && width == other.width &&
               height == other.height && sha256 == other.sha256;
    }
};

/// The row of a picture file: digest and media type from its bytes ("application/octet-stream" for none that
/// is known here).
PictureRow pictureRow(std::string name, std::string content, std::int64_t width, std::int64_t height);

}  // namespace engine
