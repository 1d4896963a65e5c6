// Few queries over BF16 keys and values without widening them (vdpbf16ps); all else as avx512.
#include "kernels/attention/blockwise.h"
#include "kernels/attention/partial.h"
#include "kernels/attention/vectors_avx512.h"

namespace kernels::attention::avx512_bf16 {
namespace {

struct Avx512Bf16 : Avx512 {
    static constexpr bool kPairs = true;

    static Vector dotPairs(Vector acc, Vector a, Vector b) noexcept {
        return _mm512_dpbf16_ps(acc, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
    }
    static Vector loadRaw(const uint16_t* from) noexcept {
        return _mm512_castsi512_ps(_mm512_loadu_si512(from));
    }
    static void storePairs(float* to, Vector low, Vector high) noexcept {
        // Not _mm512_cvtne2ps_pbh, which the Bochs emulator that tests this gets wrong.
        auto* lines = reinterpret_cast<__m256i*>(to);
        _mm256_storeu_si256(lines, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(low)));
        _mm256_storeu_si256(lines + 1, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(high)));
    }
    static Vector interleaveLow(Vector a, Vector b) noexcept {
        return _mm512_castsi512_ps(_mm512_unpacklo_epi16(_mm512_castps_si512(a), _mm512_castps_si512(b)));
    }
    static Vector interleaveHigh(Vector a, Vector b) noexcept {
        return _mm512_castsi512_ps(_mm512_unpackhi_epi16(_mm512_castps_si512(a), _mm512_castps_si512(b)));
    }
    /// Interleaving takes channels 8i .. 8i + 3 of every 128 bits to low, 8i + 4 .. 8i + 7 to high.
    static void separate(Vector& low, Vector& high) noexcept {
        const __m512i first = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        const Vector begin = _mm512_permutex2var_ps(low, first, high);
        high = _mm512_permutex2var_ps(low, _mm512_add_epi32(first, _mm512_set1_epi32(8)), high);
        low = begin;
    }
};

}  // namespace
extern const Variant<Fn> variant{
    "avx512_bf16",
    CpuFeature::avx512 | CpuFeature::avx512Bf16 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c,
    {Partial<Avx512Bf16>::scratchBytes, Blockwise<Avx512Bf16>::run, Partial<Avx512Bf16>::run,
     Partial<Avx512Bf16>::merge},
    Trait::roundsActivations};
}  // namespace kernels::attention::avx512_bf16
