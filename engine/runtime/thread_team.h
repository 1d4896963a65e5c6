#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace engine {

class ThreadTeam;

/// One thread inside ThreadTeam::run().
struct TeamMember {
    int index = 0;
    int count = 1;
    ThreadTeam* team = nullptr;

    /// Waits until every member has arrived. What was written before is visible after.
    void barrier() const;
    /// This member's part of [0, n): contiguous, in units of `grain`, the same for every call with the same
    /// n.
    std::pair<std::int64_t, std::int64_t> share(std::int64_t n, std::int64_t grain = 1) const;
};

/// Threads that work on one problem together (single program, many members). Members are pinned to one
/// physical core each. They spin briefly and then sleep, so that waiting costs little when something else
/// runs. The caller of run() is member 0 and stays pinned as long as the team lives. Create and run from one
/// thread.
class ThreadTeam {
public:
    /// `threads` 0 = one per physical performance core. Errors: invalidInput for a negative number or more
    /// than 1024.
    static Result<std::unique_ptr<ThreadTeam>> create(int threads);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    int size() const noexcept { return size_; }
    /// Calls body once per member, all at the same time; returns when all are done.
    void run(const std::function<void(const TeamMember&)>& body);

private:
    friend struct TeamMember;
    explicit ThreadTeam(int size);
    void work(int index);
    void barrier() noexcept;

    int size_;
    std::vector<int> cpus_;
    std::vector<int> callerCpus_;  // affinity of the creating thread before it was pinned
    std::vector<std::thread> threads_;
    const std::function<void(const TeamMember&)>* body_ = nullptr;
    std::atomic<bool> ending_{false};
    alignas(64) std::atomic<std::uint32_t> round_{0};  // raised to start a run
    alignas(64) std::atomic<std::uint32_t> arrived_{0};
    alignas(64) std::atomic<std::uint32_t> generation_{0};
};

}  // namespace engine
