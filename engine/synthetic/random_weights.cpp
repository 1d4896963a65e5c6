#include "engine/synthetic/random_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "engine/base/float_types.h"

namespace engine {
namespace {

constexpr std::size_t kPoolBytes = std::size_t{8} << 20;
constexpr std::size_t kBlockBytes = std::size_t{64}
                                    << 10;  // about one look into the pool, rounded down to whole units

std::uint64_t splitMix(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// Repeatable numbers; the same on every machine.
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t bits() { return splitMix(state_++); }
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    double normal() {  // Box and Muller 1958, one of the pair
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

private:
    std::uint64_t state_;
};

template <class T, class Draw>
std::vector<std::byte> drawn(const Draw& draw) {
    std::vector<std::byte> pool(kPoolBytes + kBlockBytes);
    for (std::size_t i = 0; i < pool.size() / sizeof(T); ++i) {
        const T value = draw();
        std::memcpy(pool.data() + i * sizeof(T), &value, sizeof value);
    }
    return pool;
}

/// GGUF blocks: an f16 scale, then `valueBytes` bytes of whole numbers.
template <class DrawByte>
std::vector<std::byte> drawnBlocks(Numbers& numbers, float size, std::size_t valueBytes,
                                   const DrawByte& drawByte) {
    const std::size_t unit = sizeof(std::uint16_t) + valueBytes;
    std::vector<std::byte> pool(kPoolBytes + kBlockBytes);
    for (std::size_t at = 0; at + unit <= pool.size(); at += unit) {
        const auto scale = toF16(size * static_cast<float>(0.5 + numbers.uniform()));
        std::memcpy(pool.data() + at, &scale, sizeof scale);
        for (std::size_t i = sizeof scale; i < unit; ++i)
            pool[at + i] = drawByte();
    }
    return pool;
}

}  // namespace

RandomPool::RandomPool(RandomKind kind, float size, std::uint64_t seed) {
    Numbers numbers(seed);
    switch (kind) {
        case RandomKind::normalBf16:
            pool_ = drawn<std::uint16_t>([&] { return toBf16(size * static_cast<float>(numbers.normal())); });
            break;
        case RandomKind::onesBf16:
            pool_ = drawn<std::uint16_t>([] { return toBf16(1.0F); });
            break;
        case RandomKind::onesF32:
            pool_ = drawn<float>([] { return 1.0F; });
            break;
        case RandomKind::int4:
            pool_ = drawn<std::int8_t>(
                [&] { return static_cast<std::int8_t>(static_cast<int>(numbers.bits() % 16) - 8); });
            break;
        case RandomKind::int8:
            pool_ = drawn<std::int8_t>(
                [&] { return static_cast<std::int8_t>(static_cast<int>(numbers.bits() % 255) - 127); });
            break;
        case RandomKind::scaleF32:
            pool_ = drawn<float>([&] { return size * static_cast<float>(0.5 + numbers.uniform()); });
            break;
        case RandomKind::q8Blocks:
            unit_ = 34;
            pool_ = drawnBlocks(numbers, size, 32, [&] {
                return static_cast<std::byte>(static_cast<int>(numbers.bits() % 255) - 127);
            });
            break;
        case RandomKind::q4Blocks:
            unit_ = 18;
            pool_ = drawnBlocks(numbers, size, 16, [&] { return static_cast<std::byte>(numbers.bits()); });
            break;
    }
}

void RandomPool::fill(std::uint64_t stream, std::size_t offset, std::span<std::byte> bytes) const {
    const std::size_t window = kBlockBytes / unit_ * unit_;
    for (std::size_t done = 0; done < bytes.size();) {
        const std::size_t block = (offset + done) / window;
        const std::size_t within = (offset + done) % window;
        const std::size_t count = std::min(window - within, bytes.size() - done);
        const std::size_t start = splitMix(stream * 0x10001ULL + block) % (kPoolBytes / unit_) * unit_;
        std::memcpy(bytes.data() + done, pool_.data() + start + within, count);
        done += count;
    }
}

}  // namespace engine
