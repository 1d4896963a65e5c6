#include "engine/model/packed_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/file_digest.h"
#include "engine/checkpoint/json_file.h"

namespace engine {
namespace {

using Int4Scales = kernels::matmul_int4::ScaleType;

// The file: kMagic, offset and size of the directory (JSON) as little-endian 64-bit numbers, padding to
// kAlignment; then per matrix the packed tiles and, for int8, its scales and row sums, each matrix aligned;
// then the directory.
constexpr std::string_view kMagic = "ANVPACK1";
constexpr std::int64_t kAlignment = 4096;
constexpr std::int64_t kLargestDirectory = std::int64_t{16} << 20;

struct Header {
    char magic[8];
    std::int64_t directoryOffset;
    std::int64_t directoryBytes;
};

struct FileStamp {
    std::int64_t bytes = 0;
    std::int64_t changedNs = 0;
};

std::optional<FileStamp> stampOf(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return std::nullopt;
    return FileStamp{info.st_size, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

bool readFully(int file, void* to, std::int64_t bytes, std::int64_t offset) {
    auto* out = static_cast<char*>(to);
    while (bytes > 0) {
        const auto count = ::pread(file, out, static_cast<std::size_t>(bytes), offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        out += count;
        bytes -= count;
        offset += count;
    }
    return true;
}

/// Empty when the weight files are those that the directory names.
std::string differenceOf(const nlohmann::json& directory, const Checkpoint& checkpoint) {
    const auto files = directory.find("files");
    if (files == directory.end() || !files->is_array() || files->size() != checkpoint.files.size())
        return "it was made from other files";
    for (std::size_t i = 0; i < checkpoint.files.size(); ++i) {
        const auto& entry = (*files)[i];
        const auto& path = checkpoint.files[i];
        const auto stamp = stampOf(path);
        if (!entry.is_object() || !stamp || textAt(entry, "name") != path.filename().string() ||
            integerAt(entry, "bytes") != stamp->bytes)
            return path.filename().string() + " has changed since";
        if (integerAt(entry, "changed_ns") == stamp->changedNs)
            continue;
        const auto digest = fileDigest(path);
        if (!digest || textAt(entry, "sha256") != *digest)
            return path.filename().string() + " has changed since";
    }
    return {};
}

/// Locks and empties the file, unless another process writes it or has just given it its final name.
bool isSoleWriter(int file, const std::filesystem::path& path) {
    struct stat opened {};
    struct stat named {};
    return ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &opened) == 0 &&
           ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino && ::ftruncate(file, 0) == 0;
}

std::string hashOf(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    char hex[9];
    std::snprintf(hex, sizeof hex, "%08x", static_cast<unsigned>(hash ^ (hash >> 32)));
    return hex;
}

Error corruptCopy(const std::string& path, const std::string& why) {
    return {ErrorCode::corrupt, path + ": " + why};
}

std::int64_t sideBytes(const PackedMatrix& matrix) {
    return static_cast<std::int64_t>(matrix.scales.size() * sizeof(float) +
                                     matrix.rowSums.size() * sizeof(std::int32_t));
}

}  // namespace

PackedCacheKey packedCacheKey(const Checkpoint& checkpoint, const KernelPlan& plan,
                              const PackOptions& linears, const PackOptions& output) {
    const auto arithmetic = [](const PackOptions& options) {
        return options.quantized == QuantizedArithmetic::weightOnly ? "weight_only" : "dynamic_int8";
    };
    PackedCacheKey key;
    key.layouts = std::string("matmul_int4=") + plan.matmulInt4->fn.layout +
                  " matmul_int8=" + plan.matmulInt8->fn.layout +
                  " matmul_dense=" + plan.matmulDense->fn.layout + " linears=" + arithmetic(linears) +
                  " output=" + arithmetic(output) + " exact=" + (linears.exact ? "yes" : "no");
    const auto name = "packed-" + hashOf(key.layouts) + ".anven";
    std::error_code ignored;
    key.path = std::filesystem::is_directory(checkpoint.path, ignored)
                   ? checkpoint.path / name
                   : std::filesystem::path(checkpoint.path.string() + "." + name);
    return key;
}

Result<PackedCacheReader> PackedCacheReader::open(const PackedCacheKey& key, const Checkpoint& checkpoint) {
    PackedCacheReader reader;
    reader.path_ = key.path.string();
    reader.file_ = FileHandle(::open(key.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!reader.file_.valid())
        return Error{errno == ENOENT ? ErrorCode::notFound : ErrorCode::io,
                     reader.path_ + ": " + std::strerror(errno)};
    struct stat info {};
    Header header{};
    if (::fstat(reader.file_.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
        !readFully(reader.file_.get(), &header, sizeof header, 0) ||
        std::string_view(header.magic, sizeof header.magic) != kMagic)
        return corruptCopy(reader.path_, "is not a copy of packed weights");
    if (header.directoryOffset < kAlignment || header.directoryBytes < 2 ||
        header.directoryBytes > kLargestDirectory || header.directoryOffset > info.st_size ||
        header.directoryBytes > info.st_size - header.directoryOffset)
        return corruptCopy(reader.path_, "its directory lies outside of the file");
    std::string text(static_cast<std::size_t>(header.directoryBytes), '\0');
    if (!readFully(reader.file_.get(), text.data(), header.directoryBytes, header.directoryOffset))
        return corruptCopy(reader.path_, "cannot be read");
    const auto directory =
        withinLimits(text, {}) ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
    if (!directory.is_object() || textAt(directory, "layouts") != key.layouts)
        return Error{ErrorCode::invalidInput, reader.path_ + " is of another layout"};
    if (const auto difference = differenceOf(directory, checkpoint); !difference.empty())
        return Error{ErrorCode::invalidInput, reader.path_ + " does not fit: " + difference};
    const auto matrices = directory.find("matrices");
    if (matrices == directory.end() || !matrices->is_array())
        return corruptCopy(reader.path_, "names no matrices");
    for (const auto& entry : *matrices) {
        const auto name = entry.is_object() ? textAt(entry, "name").value_or("") : "";
        const auto offset = entry.is_object() ? integerAt(entry, "offset").value_or(-1) : -1;
        const auto bytes = entry.is_object() ? integerAt(entry, "bytes").value_or(-1) : -1;
        if (name.empty() || offset < kAlignment || bytes < 0 || offset > info.st_size ||
            bytes > info.st_size - offset)
            return corruptCopy(reader.path_, "a matrix lies outside of the file");
        const bool half = flagAt(entry, "f16_scales").value_or(false);
        reader.sections_[name] = {offset, bytes, half ? Int4Scales::f16 : Int4Scales::f32};
    }
    return reader;
}

Result<PackedMatrix> PackedCacheReader::read(const Checkpoint& checkpoint, const std::string& name,
                                             const KernelPlan& plan, const PackOptions& options,
                                             ThreadTeam& team) const {
    const auto section = sections_.find(name);
    if (section == sections_.end())
        return corruptCopy(path_, "lacks " + name);
    auto matrix = packedLike(checkpoint, name, plan, options, section->second.int4Scales);
    if (!matrix)
        return matrix.error();
    const auto packedSize = static_cast<std::int64_t>(matrix->packed.size());
    if (section->second.bytes != packedSize + sideBytes(*matrix))
        return corruptCopy(path_, name + " has another size");
    const auto offset = section->second.offset;
    std::atomic<bool> failed{false};
    team.run([&](const TeamMember& member) {
        const auto [begin, end] = member.share(packedSize, kAlignment);
        if (!readFully(file_.get(), matrix->packed.data() + begin, end - begin, offset + begin))
            failed = true;
    });
    const auto scalesSize = static_cast<std::int64_t>(matrix->scales.size() * sizeof(float));
    if (failed || !readFully(file_.get(), matrix->scales.data(), scalesSize, offset + packedSize) ||
        !readFully(file_.get(), matrix->rowSums.data(), sideBytes(*matrix) - scalesSize,
                   offset + packedSize + scalesSize))
        return Error{ErrorCode::io, path_ + ": " + name + " cannot be read"};
    return matrix;
}

Result<PackedCacheWriter> PackedCacheWriter::create(const PackedCacheKey& key) {
    PackedCacheWriter writer(key);
    writer.temporary_ = key.path;
    writer.temporary_ += ".part";
    writer.file_ = FileHandle(::open(writer.temporary_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!writer.file_.valid()) {
        const auto error = writer.failed();
        writer.temporary_.clear();
        return error;
    }
    if (!isSoleWriter(writer.file_.get(), writer.temporary_)) {
        const Error error{ErrorCode::io, "another process is writing " + writer.temporary_.string()};
        writer.temporary_.clear();
        return error;
    }
    if (auto ok = writer.append(std::string(static_cast<std::size_t>(kAlignment), '\0').data(),
                                static_cast<std::size_t>(kAlignment));
        !ok)
        return ok.error();
    return writer;
}

PackedCacheWriter::~PackedCacheWriter() {
    if (file_.valid() && !temporary_.empty())
        ::unlink(temporary_.c_str());
}

Error PackedCacheWriter::failed() const {
    return {ErrorCode::io, "cannot write " + temporary_.string() + ": " + std::strerror(errno)};
}

Result<void> PackedCacheWriter::append(const void* data, std::size_t size) {
    const auto* from = static_cast<const char*>(data);
    while (size > 0) {
        const auto count = ::write(file_.get(), from, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return failed();
        from += count;
        size -= static_cast<std::size_t>(count);
        size_ += count;
    }
    return {};
}

Result<void> PackedCacheWriter::add(const std::string& name, const PackedMatrix& matrix) {
    const auto padding = static_cast<std::size_t>((kAlignment - size_ % kAlignment) % kAlignment);
    if (auto ok = append(std::string(padding, '\0').data(), padding); !ok)
        return ok.error();
    const nlohmann::json entry = {
        {"name", name},
        {"offset", size_},
        {"bytes", static_cast<std::int64_t>(matrix.packed.size()) + sideBytes(matrix)},
        {"f16_scales", matrix.int4Scales == Int4Scales::f16}};
    directory_ += (directory_.empty() ? "" : ",\n") + entry.dump();
    const std::pair<const void*, std::size_t> parts[] = {
        {matrix.packed.data(), matrix.packed.size()},
        {matrix.scales.data(), matrix.scales.size() * sizeof(float)},
        {matrix.rowSums.data(), matrix.rowSums.size() * sizeof(std::int32_t)}};
    for (const auto& [data, size] : parts)
        if (auto ok = append(data, size); !ok)
            return ok.error();
    return {};
}

Result<void> PackedCacheWriter::finish(const Checkpoint& checkpoint, std::stop_token stop) {
    auto files = nlohmann::json::array();
    for (const auto& path : checkpoint.files) {
        const auto stamp = stampOf(path);
        if (!stamp)
            return Error{ErrorCode::io, "cannot inspect " + path.string() + ": " + std::strerror(errno)};
        const auto digest = fileDigest(path, stop);
        if (!digest)
            return digest.error();
        files.push_back({{"name", path.filename().string()},
                         {"bytes", stamp->bytes},
                         {"changed_ns", stamp->changedNs},
                         {"sha256", *digest}});
    }
    const auto text = "{\"layouts\":" + nlohmann::json(key_.layouts).dump() + ",\n\"files\":" + files.dump() +
                      ",\n\"matrices\":[" + directory_ + "]}\n";
    Header header{{}, size_, static_cast<std::int64_t>(text.size())};
    kMagic.copy(header.magic, sizeof header.magic);
    if (auto ok = append(text.data(), text.size()); !ok)
        return ok.error();
    if (::pwrite(file_.get(), &header, sizeof header, 0) != ssize_t{sizeof header})
        return failed();
    if (::rename(temporary_.c_str(), key_.path.c_str()) != 0)
        return failed();
    temporary_.clear();
    return {};
}

}  // namespace engine
