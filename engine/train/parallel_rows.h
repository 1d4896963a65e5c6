#pragma once

#include <functional>
#include <thread>
#include <vector>

namespace engine::train {

/// Calls body(i) on thread i of `threads`, the caller being 0; returns when all are done. Threads are made
/// anew: what they do takes tenths of a second, and they neither spin nor are bound to cores, because
/// training shares the machine.
inline void onThreads(int threads, const std::function<void(int)>& body) {
    std::vector<std::jthread> others;
    for (int i = 1; i < threads; ++i)
        others.emplace_back([&body, i] { body(i); });
    body(0);
}

}  // namespace engine::train
