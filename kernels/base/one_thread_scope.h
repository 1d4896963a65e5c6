#pragma once

#include <omp.h>

namespace kernels {

/// Keeps a library that threads by OpenMP on the calling thread for the life of this object: the engine's own
/// team already occupies the cores, and each of its members hands the library a share of the rows.
class OneThreadScope {
public:
    OneThreadScope() noexcept : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
    ~OneThreadScope() { omp_set_num_threads(before_); }
    OneThreadScope(const OneThreadScope&) = delete;
    OneThreadScope& operator=(const OneThreadScope&) = delete;

private:
    int before_;
};

}  // namespace kernels
