#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <cstring>

namespace fuzz {
namespace {

constexpr std::uint64_t kEdges[] = {0,
                                    1,
                                    2,
                                    0x7f,
                                    0x80,
                                    0xff,
                                    0x7fff,
                                    0xffff,
                                    0x7fffffff,
                                    0x80000000,
                                    0xfffffffe,
                                    0xffffffff,
                                    0x100000000,
                                    0x4000000000000000,
                                    0x7fffffffffffffff,
                                    0x8000000000000000,
                                    0xffffffffffffffff};

/// Texts that formats give a meaning.
const char* const kWords[] = {"-1",   "0",    "1e999", "99999999999999999999",
                              "null", "true", "[",     "]",
                              "{",    "}",    "\"",    "\\u0000",
                              ",",    ":",    "NaN",   "[[[[",
                              "\n",   "\xff", "..",    "/etc",
                              "I64"};

std::size_t place(const std::string& bytes, const std::vector<Range>& ranges, Random& random) {
    const auto& range = ranges[random.below(ranges.size())];
    const auto begin = std::min(range.begin, bytes.size());
    const auto end = std::min(range.end, bytes.size());
    return begin < end ? begin + random.below(end - begin) : std::min(begin, bytes.size() - 1);
}

void overwrite(std::string& bytes, std::size_t at, const void* data, std::size_t size) {
    std::memcpy(bytes.data() + at, data, std::min(size, bytes.size() - at));
}

void changeInPlace(std::string& bytes, std::size_t at, Random& random) {
    switch (random.below(6)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
            break;
        case 1:
            bytes[at] = static_cast<char>(random.next());
            break;
        case 2:
        case 3: {
            auto value = kEdges[random.below(std::size(kEdges))] + random.below(3) - 1;
            overwrite(bytes, at, &value, random.below(2) == 0 ? 4 : 8);
            break;
        }
        case 4: {  // the next digit becomes another one
            const auto digit = bytes.find_first_of("0123456789", at);
            if (digit != std::string::npos)
                bytes[digit] = static_cast<char>('0' + random.below(10));
            break;
        }
        default: {  // two neighbours swap
            if (at + 1 < bytes.size())
                std::swap(bytes[at], bytes[at + 1]);
            break;
        }
    }
}

void changeSize(std::string& bytes, std::size_t at, Random& random) {
    const auto length = std::min(bytes.size() - at, 1 + random.below(64));
    switch (random.below(4)) {
        case 0:
            bytes.erase(at, length);
            break;
        case 1:
            bytes.insert(at, bytes.substr(at, length));
            break;
        case 2:
            bytes.insert(at, kWords[random.below(std::size(kWords))]);
            break;
        default:
            bytes.resize(random.below(3) == 0 ? random.below(bytes.size()) : at);
            break;
    }
}

}  // namespace

std::uint64_t Random::next() {  // SplitMix64
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

void mutate(std::string& bytes, const std::vector<Range>& ranges, bool keepSize, Random& random) {
    const auto changes = 1 + random.below(4);
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
        const auto at = place(bytes, ranges, random);
        if (keepSize || random.below(4) != 0)
            changeInPlace(bytes, at, random);
        else
            changeSize(bytes, at, random);
    }
}

}  // namespace fuzz
