#include "engine/energy/sysfs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace engine {

Result<std::string> readAttribute(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        const int code = errno;
        const auto kind = code == ENOENT                    ? ErrorCode::notFound
                          : code == EACCES || code == EPERM ? ErrorCode::unavailable
                                                            : ErrorCode::io;
        return Error{kind, file.string() + ": " + std::strerror(code)};
    }
    char text[4096];
    const auto count = ::read(fd, text, sizeof text);
    const int code = errno;
    ::close(fd);
    if (count < 0)
        return Error{ErrorCode::io, file.string() + ": " + std::strerror(code)};
    std::string value(text, static_cast<std::size_t>(count));
    while (!value.empty() && (value.back() == '\n' || value.back() == ' '))
        value.pop_back();
    return value;
}

Result<std::uint64_t> readNumber(const std::filesystem::path& file) {
    auto text = readAttribute(file);
    if (!text)
        return text.error();
    std::uint64_t number = 0;
    const auto* end = text->data() + text->size();
    if (const auto parsed = std::from_chars(text->data(), end, number);
        parsed.ec != std::errc{} || parsed.ptr != end)
        return Error{ErrorCode::corrupt,
                     file.string() + " holds '" + text->substr(0, 40) + "' where a number is expected"};
    return number;
}

std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(folder, error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error))
        if (at->is_directory(error))
            found.push_back(at->path());
    std::sort(found.begin(), found.end());
    return found;
}

bool inVirtualMachine(const std::string& root) {
    std::ifstream cpus(std::filesystem::path(root) / "proc/cpuinfo");
    for (std::string line; std::getline(cpus, line);)
        if (line.starts_with("flags"))
            return line.find(" hypervisor") != std::string::npos;
    return false;
}

}  // namespace engine
