#include "engine/checkpoint/pth_writer.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "engine/checkpoint/zip_directory.h"

namespace engine {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kChunk = std::size_t{4} << 20;
constexpr std::uint64_t kIn64 = 0xffffffff;  // from here on the value stands in the ZIP64 extra field

template <class T>
void put(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

std::uint32_t narrow(std::uint64_t value) {
    return static_cast<std::uint32_t>(value < kIn64 ? value : kIn64);
}

struct Entry {
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint32_t crc = 0;
};

/// The archive under construction; every call reports failure through ok().
class ZipWriter {
public:
    explicit ZipWriter(std::FILE* file) : file_(file) {}

    /// Writes one entry whose bytes `next(chunk)` delivers in order, and patches its checksum in afterwards.
    template <class Next>
    void add(const std::string& name, std::uint64_t size, const Next& next) {
        Entry entry{name, position_, size, 0};
        const std::string header = localHeader(entry);
        write(header.data(), header.size());
        buffer_.resize(kChunk);
        for (std::uint64_t done = 0; done < size && ok_;) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, size - done));
            const std::span<std::byte> chunk(buffer_.data(), count);
            if (!next(static_cast<std::size_t>(done), chunk)) {
                ok_ = false;
                return;
            }
            entry.crc = crc32(chunk, entry.crc);
            write(chunk.data(), count);
            done += count;
        }
        patchCrc(entry);
        entries_.push_back(std::move(entry));
    }

    void finish() {
        const std::uint64_t begin = position_;
        std::string out;
        for (const auto& entry : entries_)
            out += centralHeader(entry);
        const std::uint64_t size = out.size();
        const std::uint64_t end = begin + size;
        put<std::uint32_t>(out, 0x06064b50);  // ZIP64 end record
        put<std::uint64_t>(out, 44);
        put<std::uint16_t>(out, 45);
        put<std::uint16_t>(out, 45);
        put<std::uint32_t>(out, 0);
        put<std::uint32_t>(out, 0);
        put<std::uint64_t>(out, entries_.size());
        put<std::uint64_t>(out, entries_.size());
        put<std::uint64_t>(out, size);
        put<std::uint64_t>(out, begin);
        put<std::uint32_t>(out, 0x07064b50);  // its locator
        put<std::uint32_t>(out, 0);
        put<std::uint64_t>(out, end);
        put<std::uint32_t>(out, 1);
        put<std::uint32_t>(out, 0x06054b50);  // end record
        put<std::uint32_t>(out, 0);
        const auto count = static_cast<std::uint16_t>(std::min<std::size_t>(entries_.size(), 0xffff));
        put<std::uint16_t>(out, count);
        put<std::uint16_t>(out, count);
        put<std::uint32_t>(out, narrow(size));
        put<std::uint32_t>(out, narrow(begin));
        put<std::uint16_t>(out, 0);
        write(out.data(), out.size());
        ok_ = ok_ && std::fflush(file_) == 0;
    }

    bool ok() const { return ok_; }

private:
    void write(const void* data, std::size_t size) {
        ok_ = ok_ && std::fwrite(data, 1, size, file_) == size;
        position_ += size;
    }

    /// With ZIP64 sizes always, and a padding field that brings the data to the alignment.
    std::string localHeader(const Entry& entry) const {
        std::string out;
        put<std::uint32_t>(out, 0x04034b50);
        put<std::uint16_t>(out, 45);
        out.append(8, '\0');  // flags, method 0 (stored), time, date
        put<std::uint32_t>(out, 0);
        put<std::uint32_t>(out, 0xffffffff);
        put<std::uint32_t>(out, 0xffffffff);
        put<std::uint16_t>(out, static_cast<std::uint16_t>(entry.name.size()));
        const std::size_t fixed = entry.offset + 30 + entry.name.size() + 20 + 4;
        const std::size_t padding = (kAlignment - fixed % kAlignment) % kAlignment;
        put<std::uint16_t>(out, static_cast<std::uint16_t>(20 + 4 + padding));
        out += entry.name;
        put<std::uint16_t>(out, 1);
        put<std::uint16_t>(out, 16);
        put<std::uint64_t>(out, entry.size);
        put<std::uint64_t>(out, entry.size);
        out += "FB";  // the id that torch gives its padding
        put<std::uint16_t>(out, static_cast<std::uint16_t>(padding));
        out.append(padding, 'Z');
        return out;
    }

    static std::string centralHeader(const Entry& entry) {
        std::string out;
        put<std::uint32_t>(out, 0x02014b50);
        put<std::uint16_t>(out, 45);
        put<std::uint16_t>(out, 45);
        out.append(8, '\0');
        put<std::uint32_t>(out, entry.crc);
        put<std::uint32_t>(out, 0xffffffff);
        put<std::uint32_t>(out, 0xffffffff);
        put<std::uint16_t>(out, static_cast<std::uint16_t>(entry.name.size()));
        put<std::uint16_t>(out, 28);
        out.append(10, '\0');  // comment, disk, attributes
        put<std::uint32_t>(out, 0xffffffff);
        out += entry.name;
        put<std::uint16_t>(out, 1);
        put<std::uint16_t>(out, 24);
        put<std::uint64_t>(out, entry.size);
        put<std::uint64_t>(out, entry.size);
        put<std::uint64_t>(out, entry.offset);
        return out;
    }

    void patchCrc(const Entry& entry) {
        std::string crc;
        put(crc, entry.crc);
        ok_ = ok_ && ::fseeko(file_, static_cast<off_t>(entry.offset + 14), SEEK_SET) == 0 &&
              std::fwrite(crc.data(), 1, 4, file_) == 4 && ::fseeko(file_, 0, SEEK_END) == 0;
    }

    std::FILE* file_;
    std::uint64_t position_ = 0;
    std::vector<Entry> entries_;
    std::vector<std::byte> buffer_;
    bool ok_ = true;
};

void addText(ZipWriter& zip, const std::string& name, const std::string& text) {
    zip.add(name, text.size(), [&](std::size_t offset, std::span<std::byte> bytes) {
        std::memcpy(bytes.data(), text.data() + offset, bytes.size());
        return true;
    });
}

}  // namespace

Result<void> writePth(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                      const TensorFill& fill, std::stop_token stop) {
    const auto unfinished = std::filesystem::path(path).concat(".part");
    const auto failed = [&](const std::string& reason) {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        return stop.stop_requested()
                   ? Error{ErrorCode::cancelled, "writing " + path.string() + " was stopped"}
                   : Error{ErrorCode::io, path.string() + " cannot be written: " + reason};
    };
    errno = 0;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(unfinished.c_str(), "wb"), std::fclose);
    if (!file)
        return failed(std::strerror(errno));
    const std::string top = path.stem().string();
    ZipWriter zip(file.get());
    addText(zip, top + "/data.pkl", pickleStateDict(tensors));
    addText(zip, top + "/byteorder", "little");
    for (std::size_t i = 0; i < tensors.size() && zip.ok(); ++i) {
        if (tensors[i].sharedWith)
            continue;
        zip.add(top + "/data/" + std::to_string(i), static_cast<std::uint64_t>(tensors[i].bytes()),
                [&](std::size_t offset, std::span<std::byte> bytes) {
                    if (stop.stop_requested())
                        return false;
                    fill(i, offset, bytes);
                    return true;
                });
    }
    addText(zip, top + "/version", "3\n");
    zip.finish();
    const int reason = errno;
    if (!zip.ok() || std::fclose(file.release()) != 0)
        return failed(std::strerror(reason));
    std::error_code renamed;
    std::filesystem::rename(unfinished, path, renamed);
    if (renamed)
        return failed(renamed.message());
    return {};
}

}  // namespace engine
