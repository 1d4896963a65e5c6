#include "app/picture_input.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/base/file_handle.h"
#include "engine/vision/image_transform.h"

namespace app {
namespace {

using engine::Error;
using engine::ErrorCode;
using engine::FileHandle;

constexpr std::size_t kMostBytes = std::size_t{3 * engine::kMostImagePixels} + 64;

/// Everything until the other end closes; what exceeds kMostBytes is left there.
std::string readAll(int descriptor) {
    std::string text;
    std::array<char, 1 << 16> part{};
    while (text.size() < kMostBytes) {
        const auto got = ::read(descriptor, part.data(), part.size());
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        if (got > 0)
            text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
}

struct Pipe {
    FileHandle from;
    FileHandle to;
};

Pipe makePipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return {};
    return {FileHandle(ends[0]), FileHandle(ends[1])};
}

struct Output {
    std::string out;
    std::string error;
    int status = -1;
};

/// The messages of the decoder are one short line, so that reading its output first cannot block it.
Output runDecoder(const std::filesystem::path& program, const std::string& file) {
    auto out = makePipe();
    auto error = makePipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, out.to.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, error.to.get(), STDERR_FILENO);
    auto name = program.string();
    auto argument = file;
    char* argv[] = {name.data(), argument.data(), nullptr};
    pid_t child = -1;
    const int spawned = ::posix_spawn(&child, name.c_str(), &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    Output output;
    if (spawned != 0)
        return output;
    out.to = FileHandle();
    error.to = FileHandle();
    output.out = readAll(out.from.get());
    output.error = readAll(error.from.get());
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return output;
    output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

/// "P6 WIDTH HEIGHT 255\n" and the pixels.
engine::Result<engine::RgbImage> imageOf(const std::string& ppm) {
    long long width = 0;
    long long height = 0;
    int header = 0;
    if (std::sscanf(ppm.c_str(), "P6 %lld %lld 255%n", &width, &height, &header) != 2 || header == 0 ||
        width < 1 || height < 1 || width > engine::kMostImagePixels / height ||
        ppm.size() != static_cast<std::size_t>(header) + 1 + static_cast<std::size_t>(3 * width * height))
        return Error{ErrorCode::internal, "anven-picture wrote no whole picture"};
    return engine::RgbImage{width, height, {ppm.begin() + header + 1, ppm.end()}};
}

}  // namespace

engine::Result<engine::RgbImage> readPicture(const std::filesystem::path& file) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto program = self.parent_path() / "anven-picture";
    if (error || !std::filesystem::exists(program, error))
        return Error{ErrorCode::notFound,
                     "pictures are decoded by anven-picture, which is not beside this program; install the "
                     "window, or build with ANVEN_BUILD_UI"};
    const auto output = runDecoder(program, file.string());
    if (output.status != 0)
        return Error{ErrorCode::invalidInput,
                     output.status == 1 && !output.error.empty()
                         ? output.error
                         : file.string() + " cannot be decoded; the picture is damaged"};
    auto image = imageOf(output.out);
    return image ? std::move(image) : image.error().in(file.string());
}

engine::Result<engine::SharedImages> readPictures(const std::vector<std::string>& files) {
    engine::SharedImages pictures;
    for (const auto& file : files) {
        auto image = readPicture(file);
        if (!image)
            return image.error();
        pictures.push_back(std::make_shared<const engine::RgbImage>(std::move(*image)));
    }
    return pictures;
}

engine::Result<std::vector<engine::PictureRow>> pictureRows(const std::vector<std::string>& files,
                                                            const engine::SharedImages& images) {
    std::vector<engine::PictureRow> rows;
    for (std::size_t i = 0; i < std::min(files.size(), images.size()); ++i) {
        std::ifstream in(files[i], std::ios::binary);
        std::string content{std::istreambuf_iterator<char>(in), {}};
        if (content.empty())
            return Error{ErrorCode::io, files[i] + " cannot be read; it was there a moment ago"};
        rows.push_back(engine::pictureRow(std::filesystem::path(files[i]).filename().string(),
                                          std::move(content), images[i]->width, images[i]->height));
    }
    return rows;
}

}  // namespace app
