#include "engine/checkpoint/model_digest.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/file_digest.h"

namespace engine {
namespace {

struct Known {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type changed;
    std::string digest;
};

Result<std::string> digestOnce(const std::filesystem::path& file, const std::stop_token& stop) {
    static std::mutex mutex;
    static std::map<std::filesystem::path, Known> known;
    std::error_code error;
    Known now;
    now.size = std::filesystem::file_size(file, error);
    now.changed = std::filesystem::last_write_time(file, error);
    {
        const std::lock_guard lock(mutex);
        if (const auto at = known.find(file);
            at != known.end() && at->second.size == now.size && at->second.changed == now.changed)
            return at->second.digest;
    }
    auto digest = fileDigest(file, stop);
    if (!digest)
        return digest.error();
    now.digest = *digest;
    const std::lock_guard lock(mutex);
    known[file] = now;
    return now.digest;
}

}  // namespace

Result<std::string> modelDigest(const std::string& model, std::stop_token stop) {
    auto checkpoint = Checkpoint::open(model);
    if (!checkpoint)
        return checkpoint.error();
    auto files = (*checkpoint)->files;
    std::sort(files.begin(), files.end());
    std::string lines;
    for (const auto& file : files) {
        auto digest = digestOnce(file, stop);
        if (!digest || files.size() == 1)
            return digest;
        lines += *digest + "\n";
    }
    return textDigest(lines);
}

}  // namespace engine
