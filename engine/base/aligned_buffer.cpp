#include "engine/base/aligned_buffer.h"

#include <sys/mman.h>

#include <cstdint>

namespace engine {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSmallPage = 4096;

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t size, PageSize pages) {
    if (size == 0)
        return;
    const bool huge = pages == PageSize::huge && size >= kHugePage;
    const std::size_t slack = huge ? kHugePage : 0;
    void* memory = ::mmap(nullptr, size + slack, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return;
    auto* begin = static_cast<std::byte*>(memory);
    if (huge) {  // what lies before and after the aligned part goes back
        const auto misaligned = reinterpret_cast<std::uintptr_t>(begin) % kHugePage;
        const std::size_t before = misaligned == 0 ? 0 : kHugePage - misaligned;
        const std::size_t end = (before + size + kSmallPage - 1) / kSmallPage * kSmallPage;
        if (before > 0)
            ::munmap(begin, before);
        if (end < size + slack)
            ::munmap(begin + end, size + slack - end);
        begin += before;
        ::madvise(begin, size, MADV_HUGEPAGE);
    }
    data_ = begin;
    size_ = size;
}

AlignedBuffer::~AlignedBuffer() {
    if (data_ != nullptr)
        ::munmap(data_, size_);
}

}  // namespace engine
