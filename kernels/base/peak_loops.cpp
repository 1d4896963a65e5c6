#include "kernels/base/peak_loops.h"

#include "kernels/base/cpu_features.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Assembly, because a compiler moves a product of constants out of the loop. Instruction sets are allowed per
// function, so that this file starts on any CPU.
namespace kernels {
namespace {

constexpr int kAccumulators = 12;
constexpr std::size_t kStep = 512;  // bytes that readLinearly() keeps in flight

#if defined(__x86_64__)
// clang-format off
#define TWELVE(ONE) ONE(0) ONE(1) ONE(2) ONE(3) ONE(4) ONE(5) ONE(6) ONE(7) ONE(8) ONE(9) ONE(10) ONE(11)
#define ZERO(n) "vpxor %%xmm" #n ", %%xmm" #n ", %%xmm" #n "\n"
#define REGISTERS "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
                  "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
// clang-format on
#define PEAK_LOOP(ONE) \
    __asm__ volatile(TWELVE(ZERO) ZERO(12) ZERO(13) "0:\n" TWELVE(ONE) "dec %[passes]\n" \
                                                                       "jnz 0b\n"       \
                                                                       "vzeroupper\n"   \
                     : [passes] "+r"(passes)                                            \
                     :                                                                  \
                     : "cc", REGISTERS)

#define INT8_512(n) "vpdpbusd %%zmm12, %%zmm13, %%zmm" #n "\n"
#define INT8_256(n)                          \
    "vpmaddubsw %%ymm12, %%ymm13, %%ymm14\n" \
    "vpaddw %%ymm14, %%ymm" #n ", %%ymm" #n "\n"
#define BF16_512(n) "vdpbf16ps %%zmm12, %%zmm13, %%zmm" #n "\n"
#define FP32_512(n) "vfmadd231ps %%zmm12, %%zmm13, %%zmm" #n "\n"
#define FP32_256(n) "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #n "\n"

__attribute__((target("avx512f"))) void runInt8On512(std::uint64_t passes) noexcept {
    PEAK_LOOP(INT8_512);
}
__attribute__((target("avx2"))) void runInt8On256(std::uint64_t passes) noexcept {
    PEAK_LOOP(INT8_256);
}
__attribute__((target("avx512f"))) void runBf16On512(std::uint64_t passes) noexcept {
    PEAK_LOOP(BF16_512);
}
__attribute__((target("avx512f"))) void runFp32On512(std::uint64_t passes) noexcept {
    PEAK_LOOP(FP32_512);
}
__attribute__((target("avx2"))) void runFp32On256(std::uint64_t passes) noexcept {
    PEAK_LOOP(FP32_256);
}

__attribute__((target("avx512f"))) std::uint64_t readOn512(const std::byte* at, std::size_t bytes) noexcept {
    __m512i sums[8] = {};
    for (std::size_t i = 0; i + kStep <= bytes; i += kStep)
        for (std::size_t k = 0; k < 8; ++k)
            sums[k] = _mm512_add_epi64(sums[k], _mm512_loadu_si512(at + i + 64 * k));
    for (std::size_t k = 1; k < 8; ++k)
        sums[0] = _mm512_add_epi64(sums[0], sums[k]);
    std::uint64_t lanes[8];
    _mm512_storeu_si512(lanes, sums[0]);
    std::uint64_t sum = 0;
    for (const auto lane : lanes)
        sum += lane;
    return sum;
}

__attribute__((target("avx2"))) std::uint64_t readOn256(const std::byte* at, std::size_t bytes) noexcept {
    __m256i sums[8] = {};
    for (std::size_t i = 0; i + kStep <= bytes; i += kStep)
        for (std::size_t k = 0; k < 16; ++k)
            sums[k % 8] = _mm256_add_epi64(
                sums[k % 8], _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + i + 32 * k)));
    for (std::size_t k = 1; k < 8; ++k)
        sums[0] = _mm256_add_epi64(sums[0], sums[k]);
    std::uint64_t lanes[4];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), sums[0]);
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}
#endif

constexpr int kPlainLanes = 64;

void runFp32Plainly(std::uint64_t passes) noexcept {
    float lanes[kPlainLanes] = {};
    for (; passes > 0; --passes)
        for (float& lane : lanes)
            lane = lane * 0.5F + 1.0F;
    volatile float sink = 0.0F;
    for (const float lane : lanes)
        sink = sink + lane;
}

std::uint64_t readPlainly(const std::byte* at, std::size_t bytes) noexcept {
    const auto* words = reinterpret_cast<const std::uint64_t*>(at);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < bytes / kStep * (kStep / sizeof *words); ++i)
        sum += words[i];
    return sum;
}

}  // namespace

const PeakLoop* int8PeakLoop() noexcept {
#if defined(__x86_64__)
    static constexpr PeakLoop kWide{"vpdpbusd zmm", kAccumulators * 128.0, runInt8On512};
    static constexpr PeakLoop kNarrow{"vpmaddubsw + vpaddw ymm", kAccumulators * 64.0, runInt8On256};
    if (has(CpuFeature::avx512 | CpuFeature::avx512Vnni))
        return &kWide;
    if (has(CpuFeature::avx2))
        return &kNarrow;
#endif
    return nullptr;
}

const PeakLoop* bf16PeakLoop() noexcept {
#if defined(__x86_64__)
    static constexpr PeakLoop kWide{"vdpbf16ps zmm", kAccumulators * 64.0, runBf16On512};
    if (has(CpuFeature::avx512 | CpuFeature::avx512Bf16))
        return &kWide;
#endif
    return nullptr;
}

const PeakLoop* fp32PeakLoop() noexcept {
#if defined(__x86_64__)
    static constexpr PeakLoop kWide{"vfmadd231ps zmm", kAccumulators * 32.0, runFp32On512};
    static constexpr PeakLoop kNarrow{"vfmadd231ps ymm", kAccumulators * 16.0, runFp32On256};
    if (has(CpuFeature::avx512))
        return &kWide;
    if (has(CpuFeature::avx2 | CpuFeature::fma))
        return &kNarrow;
#endif
    static constexpr PeakLoop kPlain{"multiply and add", kPlainLanes * 2.0, runFp32Plainly};
    return &kPlain;
}

std::uint64_t readLinearly(const void* data, std::size_t bytes) noexcept {
    const auto* at = static_cast<const std::byte*>(data);
#if defined(__x86_64__)
    if (has(CpuFeature::avx512))
        return readOn512(at, bytes);
    if (has(CpuFeature::avx2))
        return readOn256(at, bytes);
#endif
    return readPlainly(at, bytes);
}

}  // namespace kernels
