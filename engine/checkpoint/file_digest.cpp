#include "engine/checkpoint/file_digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/base/mapped_file.h"

namespace engine {
namespace {

std::string hexText(const unsigned char* digest, unsigned length) {
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        constexpr char kHex[] = "0123456789abcdef";
        text += kHex[digest[i] >> 4];
        text += kHex[digest[i] & 15];
    }
    return text;
}

}  // namespace

Result<std::string> fileDigest(const std::filesystem::path& path, std::stop_token stop) {
    return fileDigest(path, {}, std::move(stop));
}

Result<std::string> fileDigest(const std::filesystem::path& path, const DigestProgress& progress,
                               std::stop_token stop) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        return Error{ErrorCode::internal, "SHA-256 is not available in this OpenSSL"};
    constexpr std::size_t kChunk = std::size_t{16} << 20;
    const auto bytes = (*file)->bytes();
    for (std::size_t at = 0; at < bytes.size(); at += kChunk) {
        if (stop.stop_requested())
            return Error{ErrorCode::cancelled, "the digest was stopped"};
        const auto count = std::min(kChunk, bytes.size() - at);
        EVP_DigestUpdate(context.get(), bytes.data() + at, count);
        MappedFile::drop(bytes.data() + at, count);
        if (progress)
            progress(static_cast<std::int64_t>(at + count));
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context.get(), digest, &length);
    return hexText(digest, length);
}

std::string textDigest(std::string_view text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr);
    return hexText(digest, length);
}

}  // namespace engine
