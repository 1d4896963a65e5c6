#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace engine {

/// A SHA-256 that came with a file, and where it is written.
struct PublishedDigest {
    std::string sha256;  ///< lower-case hexadecimal
    std::filesystem::path source;
};

/// What the publisher says of `file`: FILE.sha256, SHA256SUMS (also sha256sums.txt, checksums.sha256) in its
/// folder, or the metadata that Hugging Face's client keeps of a download. Nothing where none names the file.
std::optional<PublishedDigest> publishedDigest(const std::filesystem::path& file);

}  // namespace engine
