#include "engine/runtime/thread_team.h"

#include <pthread.h>
#include <sched.h>

#include <string>

#include "engine/runtime/topology.h"

namespace engine {
namespace {

// A layer's phases are some 100 us apart; spinning that long avoids the 16 us of a sleep and a wake-up,
// sleeping after it leaves the core to others when this team has nothing to do.
constexpr int kSpins = 4000;

void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Returns when `value` is no longer `old`.
void waitWhile(const std::atomic<std::uint32_t>& value, std::uint32_t old) noexcept {
    for (int i = 0; i < kSpins; ++i) {
        if (value.load(std::memory_order_acquire) != old)
            return;
        relax();
    }
    while (value.load(std::memory_order_acquire) == old)
        value.wait(old, std::memory_order_acquire);
}

void pinTo(pthread_t thread, const std::vector<int>& cpus) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : cpus)
        CPU_SET(static_cast<unsigned>(cpu), &set);
    pthread_setaffinity_np(thread, sizeof set,
                           &set);  // refused in some containers: then unpinned, still correct
}

std::vector<int> affinityOf(pthread_t thread) {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cpus;
    if (pthread_getaffinity_np(thread, sizeof set, &set) == 0)
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(static_cast<unsigned>(cpu), &set))
                cpus.push_back(cpu);
    return cpus;
}

}  // namespace

void TeamMember::barrier() const {
    team->barrier();
}

std::pair<std::int64_t, std::int64_t> TeamMember::share(std::int64_t n, std::int64_t grain) const {
    const std::int64_t units = (n + grain - 1) / grain;
    const std::int64_t begin = units * index / count * grain;
    const std::int64_t end = units * (index + 1) / count * grain;
    return {begin < n ? begin : n, end < n ? end : n};
}

Result<std::unique_ptr<ThreadTeam>> ThreadTeam::create(int threads) {
    if (threads < 0 || threads > 1024)
        return Error{ErrorCode::invalidInput,
                     "threads: " + std::to_string(threads) +
                         " is out of range; give 1 to 1024, or 0 for one per physical core"};
    const int size = threads == 0 ? static_cast<int>(computeCpus().size()) : threads;
    return std::unique_ptr<ThreadTeam>(new ThreadTeam(size));
}

ThreadTeam::ThreadTeam(int size)
    : size_(size), cpus_(computeCpus()), callerCpus_(affinityOf(pthread_self())) {
    // More threads than cores: pinning two to one core would serialize them, so leave them all free.
    const bool pinned = static_cast<std::size_t>(size_) <= cpus_.size();
    if (pinned)
        pinTo(pthread_self(), {cpus_[0]});
    for (int i = 1; i < size_; ++i) {
        threads_.emplace_back([this, i] { work(i); });
        if (pinned)
            pinTo(threads_.back().native_handle(), {cpus_[static_cast<std::size_t>(i)]});
    }
}

ThreadTeam::~ThreadTeam() {
    ending_.store(true);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    for (auto& thread : threads_)
        thread.join();
    if (!callerCpus_.empty())
        pinTo(pthread_self(), callerCpus_);
}

void ThreadTeam::run(const std::function<void(const TeamMember&)>& body) {
    body_ = &body;
    if (size_ > 1) {
        round_.fetch_add(1, std::memory_order_release);
        round_.notify_all();
    }
    body(TeamMember{0, size_, this});
    barrier();
}

void ThreadTeam::work(int index) {
    for (std::uint32_t seen = 0;;) {
        waitWhile(round_, seen);
        ++seen;
        if (ending_.load())
            return;
        (*body_)(TeamMember{index, size_, this});
        barrier();
    }
}

void ThreadTeam::barrier() noexcept {
    if (size_ == 1)
        return;
    const std::uint32_t generation = generation_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<std::uint32_t>(size_)) {
        arrived_.store(0, std::memory_order_relaxed);
        generation_.fetch_add(1, std::memory_order_release);
        generation_.notify_all();
        return;
    }
    waitWhile(generation_, generation);
}

}  // namespace engine
