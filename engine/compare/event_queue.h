#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace engine {

/// Calls that several threads hand to one. post() and close() may be called from any thread.
class EventQueue {
public:
    explicit EventQueue(std::size_t posters) : open_(posters) {}

    void post(std::function<void()> call) {
        {
            const std::lock_guard lock(mutex_);
            calls_.push_back(std::move(call));
        }
        changed_.notify_one();
    }
    /// One poster will post no more.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            --open_;
        }
        changed_.notify_one();
    }
    /// Makes every call, in order, on the calling thread until all posters have closed.
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !calls_.empty() || open_ == 0; });
            if (calls_.empty())
                return;
            const auto call = std::move(calls_.front());
            calls_.pop_front();
            lock.unlock();
            call();
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> calls_;
    std::size_t open_;
};

}  // namespace engine
