#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace engine {

/// A new folder in the system's place for such things, removed with its contents at the end. path() is empty
/// when none could be made.
class TemporaryFolder {
public:
    explicit TemporaryFolder(const std::string& prefix) {
        std::error_code error;
        auto pattern = (std::filesystem::temp_directory_path(error) / (prefix + "-XXXXXX")).string();
        if (const char* made = ::mkdtemp(pattern.data()))
            path_ = made;
    }
    ~TemporaryFolder() {
        std::error_code error;
        if (!path_.empty())
            std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace engine
