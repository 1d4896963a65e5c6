#include "kernels/base/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace kernels {
namespace {

constexpr CpuFeatureName kNames[] = {
    {CpuFeature::avx2, "avx2"},
    {CpuFeature::fma, "fma"},
    {CpuFeature::f16c, "f16c"},
    {CpuFeature::avx512f, "avx512f"},
    {CpuFeature::avx512bw, "avx512bw"},
    {CpuFeature::avx512vl, "avx512vl"},
    {CpuFeature::avx512dq, "avx512dq"},
    {CpuFeature::avx512Vnni, "avx512_vnni"},
    {CpuFeature::avx512Bf16, "avx512_bf16"},
    {CpuFeature::avxVnni, "avx_vnni"},
    {CpuFeature::amxTile, "amx_tile"},
    {CpuFeature::amxInt8, "amx_int8"},
    {CpuFeature::amxBf16, "amx_bf16"},
    {CpuFeature::asimd, "asimd"},
    {CpuFeature::asimdDp, "asimddp"},
    {CpuFeature::i8mm, "i8mm"},
};

#if defined(__x86_64__)
std::uint64_t readXcr0() noexcept {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t{high} << 32) | low;
}

/// Linux keeps the 8 KiB of tile data for processes that asked (Linux 5.16), and refuses those whose signal
/// stack could not hold it.
bool mayUseTiles(std::uint64_t xcr0) noexcept {
    constexpr std::uint64_t kTileState = std::uint64_t{3} << 17;  // configuration and data
    constexpr long kRequestPermission = 0x1023;                   // ARCH_REQ_XCOMP_PERM
    constexpr long kTileData = 18;                                // XFEATURE_XTILEDATA
    return (xcr0 & kTileState) == kTileState && ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

CpuFeature detect() noexcept {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx))
        return CpuFeature::none;
    const unsigned leaf1 = ecx;
    constexpr unsigned kOsxsave = 1u << 27;
    if ((leaf1 & kOsxsave) == 0)
        return CpuFeature::none;
    const std::uint64_t xcr0 = readXcr0();
    const bool ymm = (xcr0 & 0x6) == 0x6;    // XMM and YMM state
    const bool zmm = (xcr0 & 0xe6) == 0xe6;  // and opmask, upper ZMM
    if (!ymm)
        return CpuFeature::none;
    auto features = CpuFeature::none;
    const auto add = [&](bool present, CpuFeature feature) {
        if (present)
            features = features | feature;
    };
    add(leaf1 & (1u << 12), CpuFeature::fma);
    add(leaf1 & (1u << 29), CpuFeature::f16c);
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
        return features;
    const unsigned subleaves = eax;
    add(ebx & (1u << 5), CpuFeature::avx2);
    if (zmm) {
        add(ebx & (1u << 16), CpuFeature::avx512f);
        add(ebx & (1u << 17), CpuFeature::avx512dq);
        add(ebx & (1u << 30), CpuFeature::avx512bw);
        add(ebx & (1u << 31), CpuFeature::avx512vl);
        add(ecx & (1u << 11), CpuFeature::avx512Vnni);
    }
    constexpr unsigned kAmxTile = 1u << 24;
    if ((edx & kAmxTile) != 0 && mayUseTiles(xcr0)) {
        add(true, CpuFeature::amxTile);
        add(edx & (1u << 22), CpuFeature::amxBf16);
        add(edx & (1u << 25), CpuFeature::amxInt8);
    }
    if (subleaves >= 1 && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) {
        add(eax & (1u << 4), CpuFeature::avxVnni);
        add(zmm && (eax & (1u << 5)), CpuFeature::avx512Bf16);
    }
    return features;
}
#elif defined(__aarch64__)
CpuFeature detect() noexcept {
    constexpr unsigned long kAsimd = 1ul << 1;     // HWCAP_ASIMD
    constexpr unsigned long kAsimdDp = 1ul << 20;  // HWCAP_ASIMDDP
    constexpr unsigned long kI8mm = 1ul << 13;     // HWCAP2_I8MM
    auto features = CpuFeature::none;
    if ((::getauxval(AT_HWCAP) & kAsimd) != 0)
        features = features | CpuFeature::asimd;
    if ((::getauxval(AT_HWCAP) & kAsimdDp) != 0)
        features = features | CpuFeature::asimdDp;
    if ((::getauxval(AT_HWCAP2) & kI8mm) != 0)
        features = features | CpuFeature::i8mm;
    return features;
}
#else
CpuFeature detect() noexcept {
    return CpuFeature::none;
}
#endif

}  // namespace

CpuFeature cpuFeatures() noexcept {
    static const CpuFeature features = detect();
    return features;
}

const CpuFeatureName* cpuFeatureNames(int& count) noexcept {
    count = static_cast<int>(sizeof kNames / sizeof kNames[0]);
    return kNames;
}

}  // namespace kernels
