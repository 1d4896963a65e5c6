#include "engine/catalog/published_digest.h"

#include <algorithm>
#include <fstream>

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHexDigits = 64;
constexpr std::uintmax_t kLargestList = 1 << 20;

/// `word` as lower-case SHA-256, or nothing.
std::optional<std::string> sha256Of(std::string word) {
    const auto isHex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    if (word.size() != kHexDigits || !std::all_of(word.begin(), word.end(), isHex))
        return std::nullopt;
    for (char& c : word)
        c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return word;
}

/// The digest that a list of `sha256sum` names for `name`; a lone digest speaks of the file it is named
/// after.
std::optional<std::string> fromList(const fs::path& list, const std::string& name, bool loneDigest) {
    std::error_code error;
    if (const auto size = fs::file_size(list, error); error || size > kLargestList)
        return std::nullopt;
    std::ifstream file(list);
    for (std::string line; std::getline(file, line);) {
        const auto digest = sha256Of(line.substr(0, line.find_first_of(" \t\r")));
        if (!digest)
            continue;
        const auto begin = line.find_first_not_of(" \t*", kHexDigits);
        if (begin == std::string::npos || line[begin] == '\r') {
            if (loneDigest)
                return digest;
            continue;
        }
        const auto end = line.find_last_not_of(" \t\r");
        const fs::path named = line.substr(begin, end - begin + 1);
        if (named.lexically_normal().filename() == name)
            return digest;
    }
    return std::nullopt;
}

/// Hugging Face's client writes commit, etag and time, a line each; the etag of a large file is its SHA-256.
std::optional<std::string> fromDownload(const fs::path& metadata) {
    std::ifstream file(metadata);
    std::string commit;
    std::string etag;
    if (!std::getline(file, commit) || !std::getline(file, etag))
        return std::nullopt;
    return sha256Of(etag);
}

}  // namespace

std::optional<PublishedDigest> publishedDigest(const fs::path& file) {
    const auto folder = file.parent_path();
    const auto name = file.filename().string();
    const fs::path own = file.string() + ".sha256";
    if (auto digest = fromList(own, name, true))
        return PublishedDigest{*digest, own};
    for (const char* list : {"SHA256SUMS", "sha256sums.txt", "checksums.sha256"})
        if (auto digest = fromList(folder / list, name, false))
            return PublishedDigest{*digest, folder / list};
    const auto metadata = folder / ".cache/huggingface/download" / (name + ".metadata");
    if (auto digest = fromDownload(metadata))
        return PublishedDigest{*digest, metadata};
    return std::nullopt;
}

}  // namespace engine
