#include "engine/base/aligned_buffer.h"

#include <sys/mman.h>

namespace engine {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t size) {
    if (size == 0)
        return;
    void* memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return;
    data_ = static_cast<std::byte*>(memory);
    size_ = size;
    if (size >= 4 * kHugePage)
        ::madvise(memory, size, MADV_HUGEPAGE);
}

AlignedBuffer::~AlignedBuffer() {
    if (data_ != nullptr)
        ::munmap(data_, size_);
}

}  // namespace engine
