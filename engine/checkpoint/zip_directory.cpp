#include "engine/checkpoint/zip_directory.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/checkpoint/byte_cursor.h"
#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::uint32_t kIn64 = 0xffffffff;  // the real value stands in the ZIP64 extra field

using Bytes = std::span<const std::byte>;

Error corrupt(const std::string& what, std::size_t offset) {
    return {ErrorCode::corrupt, "zip: " + what + " (offset " + std::to_string(offset) +
                                    "); the file may be truncated or damaged"};
}

template <class T>
T at(Bytes bytes, std::size_t offset) {
    return *ByteCursor(bytes, offset).read<T>();
}

struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t entries = 0;
};

std::optional<std::size_t> findEnd(Bytes file) {
    if (file.size() < kEndBytes)
        return std::nullopt;
    const std::size_t longest = std::min<std::size_t>(file.size(), kEndBytes + 65535);
    for (std::size_t back = kEndBytes; back <= longest; ++back) {
        const std::size_t offset = file.size() - back;
        if (at<std::uint32_t>(file, offset) == kEndSignature &&
            at<std::uint16_t>(file, offset + 20) == back - kEndBytes)
            return offset;
    }
    return std::nullopt;
}

Result<Directory> findDirectory(Bytes file) {
    const auto end = findEnd(file);
    if (!end)
        return corrupt("no end-of-directory record", file.size());
    Directory directory{at<std::uint32_t>(file, *end + 16), at<std::uint32_t>(file, *end + 12),
                        at<std::uint16_t>(file, *end + 10)};
    const bool in64 = directory.offset == kIn64 || directory.size == kIn64 || directory.entries == 0xffff;
    if (in64) {
        if (*end < 20 || at<std::uint32_t>(file, *end - 20) != kLocator64Signature)
            return corrupt("no ZIP64 locator", *end);
        const auto record = at<std::uint64_t>(file, *end - 12);
        if (record > file.size() || file.size() - record < 56 ||
            at<std::uint32_t>(file, static_cast<std::size_t>(record)) != kEnd64Signature)
            return corrupt("no ZIP64 end record", *end);
        const auto base = static_cast<std::size_t>(record);
        directory = {at<std::uint64_t>(file, base + 48), at<std::uint64_t>(file, base + 40),
                     at<std::uint64_t>(file, base + 32)};
    }
    if (directory.offset > file.size() || directory.size > file.size() - directory.offset)
        return corrupt("the directory lies outside the file", *end);
    if (directory.entries > directory.size / 46)
        return corrupt("more entries than the directory can hold", *end);
    return directory;
}

struct Sizes {
    std::uint64_t compressed;
    std::uint64_t uncompressed;
    std::uint64_t localOffset;
};

/// Replaces 0xffffffff values by those of the ZIP64 extra field.
bool resolve64(Bytes extra, Sizes& sizes) {
    ByteCursor cursor(extra);
    while (cursor.remaining() >= 4) {
        const auto id = *cursor.read<std::uint16_t>();
        const auto length = *cursor.read<std::uint16_t>();
        auto field = cursor.take(length);
        if (!field)
            return false;
        if (id != 1)
            continue;
        ByteCursor values(*field);
        for (auto* value : {&sizes.uncompressed, &sizes.compressed, &sizes.localOffset})
            if (*value == kIn64) {
                const auto wide = values.read<std::uint64_t>();
                if (!wide)
                    return false;
                *value = *wide;
            }
        return true;
    }
    return sizes.uncompressed != kIn64 && sizes.compressed != kIn64 && sizes.localOffset != kIn64;
}

/// One entry's bytes in the file: its local header and its data.
struct Located {
    std::size_t begin;
    Bytes data;
    std::size_t end;
};

/// Finds an entry's stored bytes through its local header.
Result<Located> locate(Bytes file, std::uint64_t directory, const Sizes& sizes, const std::string& name) {
    if (sizes.localOffset > file.size() || file.size() - sizes.localOffset < 30)
        return corrupt("entry " + name + " starts outside the file", file.size());
    const auto base = static_cast<std::size_t>(sizes.localOffset);
    if (at<std::uint32_t>(file, base) != kLocalSignature)
        return corrupt("entry " + name + " has no local header", base);
    const std::size_t data =
        base + 30 + at<std::uint16_t>(file, base + 26) + at<std::uint16_t>(file, base + 28);
    if (data > file.size() || sizes.compressed > file.size() - data)
        return corrupt("entry " + name + " reaches beyond the file", base);
    if (at<std::uint16_t>(file, base + 8) != 0)
        return Error{ErrorCode::unsupported,
                     "zip: entry " + name + " is compressed; checkpoints store their tensors plainly"};
    if (data + sizes.compressed > directory)
        return corrupt("entry " + name + " reaches into the directory", base);
    const auto size = static_cast<std::size_t>(sizes.compressed);
    return Located{base, file.subspan(data, size), data + size};
}

bool pathIsSafe(std::string_view name) {
    return name.front() != '/' && name.find("..") == std::string_view::npos &&
           name.find('\\') == std::string_view::npos;
}

/// `ranges`: every entry from its local header to the end of its data.
Result<void> refuseOverlaps(std::vector<std::pair<std::size_t, std::size_t>> ranges) {
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i)
        if (ranges[i].first < ranges[i - 1].second)
            return Error{ErrorCode::corrupt, "zip: two entries overlap; the file was tampered with"};
    return {};
}

}  // namespace

std::uint32_t crc32(std::span<const std::byte> data, std::uint32_t before) {
    return static_cast<std::uint32_t>(
        ::crc32_z(before, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

Result<std::map<std::string, ZipEntry, std::less<>>> readZipDirectory(Bytes file) {
    auto directory = findDirectory(file);
    if (!directory)
        return directory.error();
    std::map<std::string, ZipEntry, std::less<>> entries;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    ByteCursor cursor(
        file.subspan(static_cast<std::size_t>(directory->offset), static_cast<std::size_t>(directory->size)));
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        const auto header = cursor.take(46);
        if (!header || at<std::uint32_t>(*header, 0) != kCentralSignature)
            return corrupt("entry " + std::to_string(i) + " of the directory is damaged",
                           static_cast<std::size_t>(directory->offset));
        const auto name = cursor.text(at<std::uint16_t>(*header, 28));
        const auto extra = cursor.take(at<std::uint16_t>(*header, 30));
        const auto comment = cursor.take(at<std::uint16_t>(*header, 32));
        if (!name || !extra || !comment)
            return corrupt("entry " + std::to_string(i) + " of the directory is cut off",
                           static_cast<std::size_t>(directory->offset));
        const std::string key(*name);
        if (!isPlainName(key))
            return Error{ErrorCode::corrupt, "zip: entry " + std::to_string(i) +
                                                 " has a name that is not short plain text; refused"};
        if (!pathIsSafe(key))
            return Error{ErrorCode::corrupt, "zip: entry name '" + key + "' leaves the archive; refused"};
        if (at<std::uint16_t>(*header, 8) & 1U)
            return Error{ErrorCode::unsupported, "zip: entry " + key + " is encrypted"};
        if (at<std::uint16_t>(*header, 10) != 0)
            return Error{ErrorCode::unsupported,
                         "zip: entry " + key + " is compressed; checkpoints store their tensors plainly"};
        Sizes sizes{at<std::uint32_t>(*header, 20), at<std::uint32_t>(*header, 24),
                    at<std::uint32_t>(*header, 42)};
        if (!resolve64(*extra, sizes) || sizes.compressed != sizes.uncompressed)
            return corrupt("entry " + key + " has inconsistent sizes",
                           static_cast<std::size_t>(directory->offset));
        auto data = locate(file, directory->offset, sizes, key);
        if (!data)
            return data.error();
        ranges.emplace_back(data->begin, data->end);
        if (!entries.emplace(key, ZipEntry{data->data, at<std::uint32_t>(*header, 16)}).second)
            return corrupt("entry " + key + " occurs twice", static_cast<std::size_t>(directory->offset));
    }
    if (auto distinct = refuseOverlaps(std::move(ranges)); !distinct)
        return distinct.error();
    return entries;
}

}  // namespace engine
