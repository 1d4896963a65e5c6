#include "kernels/base/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
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
};

#if defined(__x86_64__)
std::uint64_t readXcr0() noexcept {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t{high} << 32) | low;
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
    if (subleaves >= 1 && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) {
        add(eax & (1u << 4), CpuFeature::avxVnni);
        add(zmm && (eax & (1u << 5)), CpuFeature::avx512Bf16);
    }
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
