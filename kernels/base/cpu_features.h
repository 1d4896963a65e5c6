#pragma once

#include <cstdint>

namespace kernels {

/// Instruction-set features that kernel variants ask for; values are bits of a set.
enum class CpuFeature : std::uint32_t {
    none = 0,
    avx2 = 1u << 0,
    fma = 1u << 1,
    f16c = 1u << 2,
    avx512f = 1u << 3,
    avx512bw = 1u << 4,
    avx512vl = 1u << 5,
    avx512dq = 1u << 6,
    avx512Vnni = 1u << 7,
    avx512Bf16 = 1u << 8,
    avxVnni = 1u << 9,
    amxTile = 1u << 10,
    amxInt8 = 1u << 11,
    amxBf16 = 1u << 12,
    asimd = 1u << 13,    // NEON
    asimdDp = 1u << 14,  // 8-bit dot products
    i8mm = 1u << 15,     // 8-bit matrix products
    avx512 = avx512f | avx512bw | avx512vl | avx512dq,
};

constexpr CpuFeature operator|(CpuFeature a, CpuFeature b) {
    return static_cast<CpuFeature>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr CpuFeature operator&(CpuFeature a, CpuFeature b) {
    return static_cast<CpuFeature>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}

/// What this CPU has and the operating system saves: on x86-64 by CPUID leaves 1 and 7 and XCR0 (XGETBV), on
/// AArch64 by what Linux puts in the auxiliary vector (HWCAP, HWCAP2). Detected once. Where the CPU has AMX,
/// the first call asks Linux to let this process use it; refused, it counts as absent. Sources: Intel SDM
/// vol. 1 sections 14.3, 15.2 and 18.2; Linux Documentation/arch/x86/xstate.rst, arch/arm64/elf_hwcaps.rst.
CpuFeature cpuFeatures() noexcept;

/// True when every feature of `needed` is present.
inline bool has(CpuFeature needed) noexcept {
    return (cpuFeatures() & needed) == needed;
}

/// One single feature and its name as the kernel's cpuinfo spells it, for messages and `anven system`.
struct CpuFeatureName {
    CpuFeature feature;
    const char* name;
};
/// All single features; `count` receives how many.
const CpuFeatureName* cpuFeatureNames(int& count) noexcept;

}  // namespace kernels
