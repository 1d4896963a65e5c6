#include "engine/base/npy.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "engine/base/mapped_file.h"

namespace engine {
namespace {

Error corrupt(const std::filesystem::path& path, const std::string& what) {
    return {ErrorCode::corrupt, "npy: " + what + " (" + path.string() + ")"};
}

/// The text between `key` and the following comma or closing brace of the header's dict.
std::string field(const std::string& header, const std::string& key) {
    const auto at = header.find("'" + key + "'");
    if (at == std::string::npos)
        return {};
    const auto colon = header.find(':', at);
    if (colon == std::string::npos)
        return {};
    const auto begin = header.find_first_not_of(' ', colon + 1);
    if (begin == std::string::npos)
        return {};
    const auto end = header[begin] == '(' ? header.find(')', begin) + 1 : header.find_first_of(",}", begin);
    return header.substr(begin, end - begin);
}

template <class T>
void convert(const std::byte* from, std::span<float> to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        T value;
        std::memcpy(&value, from + i * sizeof(T), sizeof(T));
        to[i] = static_cast<float>(value);
    }
}

}  // namespace

Result<NpyArray> readNpy(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    if (bytes.size() < 12 || std::memcmp(bytes.data(), "\x93NUMPY", 6) != 0)
        return corrupt(path, "no NumPy header");
    const bool longHeader = std::to_integer<int>(bytes[6]) >= 2;
    const std::size_t start = longHeader ? 12 : 10;
    std::uint32_t length = 0;
    std::memcpy(&length, bytes.data() + 8, longHeader ? 4 : 2);
    if (length > bytes.size() - start)
        return corrupt(path, "header longer than the file");
    const std::string header(reinterpret_cast<const char*>(bytes.data() + start), length);
    const std::string descr = field(header, "descr");
    if (field(header, "fortran_order") != "False" || descr.size() < 4)
        return Error{ErrorCode::unsupported, "npy: only C-order arrays are read (" + path.string() + ")"};

    NpyArray array;
    std::size_t count = 1;
    const std::string shape = field(header, "shape");
    for (std::size_t i = 1; i < shape.size();) {
        const auto digit = shape.find_first_of("0123456789", i);
        if (digit == std::string::npos)
            break;
        i = shape.find_first_not_of("0123456789", digit);
        if (i - digit > 12)
            return corrupt(path, "dimension too large");
        const auto extent = std::stoll(shape.substr(digit, i - digit));
        array.shape.push_back(extent);
        if (__builtin_mul_overflow(count, static_cast<std::size_t>(extent), &count))
            return corrupt(path, "shape overflows");
    }
    const std::string type = descr.substr(2, 2);
    const std::size_t itemSize = static_cast<std::size_t>(type[1] - '0');
    const auto* data = bytes.data() + start + length;
    if (count > (bytes.size() - start - length) / itemSize)
        return corrupt(path, "data shorter than the shape says");
    array.data.resize(count);
    if (type == "f4")
        convert<float>(data, array.data);
    else if (type == "f8")
        convert<double>(data, array.data);
    else if (type == "i1")
        convert<std::int8_t>(data, array.data);
    else if (type == "u1")
        convert<std::uint8_t>(data, array.data);
    else if (type == "i2")
        convert<std::int16_t>(data, array.data);
    else if (type == "i4")
        convert<std::int32_t>(data, array.data);
    else if (type == "i8")
        convert<std::int64_t>(data, array.data);
    else
        return Error{ErrorCode::unsupported, "npy: type " + descr + " is not read (" + path.string() + ")"};
    return array;
}

Result<void> writeNpy(const std::filesystem::path& path, std::span<const std::int64_t> shape,
                      std::span<const float> data) {
    std::string dims;
    for (const auto extent : shape)
        dims += std::to_string(extent) + ", ";
    if (shape.size() > 1)
        dims.resize(dims.size() - 2);
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dims + "), }";
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    const auto length = static_cast<std::uint16_t>(header.size());

    auto partial = path;
    partial += ".partial";
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out.write("\x93NUMPY\x01\x00", 8);
    out.write(reinterpret_cast<const char*>(&length), 2);
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
    out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size_bytes()));
    out.close();
    std::error_code error;
    if (out)
        std::filesystem::rename(partial, path, error);
    if (!out || error) {
        std::filesystem::remove(partial, error);
        return Error{ErrorCode::io,
                     "cannot write " + path.string() + "; is the folder there, writable and not full?"};
    }
    return {};
}

}  // namespace engine
