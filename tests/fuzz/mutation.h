#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Damage that is the same for a seed on every machine.
namespace fuzz {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    /// A number below `limit`, which is above 0.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

private:
    std::uint64_t state_;
};

/// Where damage does something: offsets [begin, end) of a file, the rest being weights that may hold any
/// bytes.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Applies one to four changes to the bytes in `ranges`: bits, bytes, lengths and counts of 4 and 8 bytes
/// with the values that overflow, digits of JSON numbers, swapped, doubled, removed and inserted pieces, and
/// a cut of the file. With `keepSize` only changes that leave every other byte where it is.
void mutate(std::string& bytes, const std::vector<Range>& ranges, bool keepSize, Random& random);

}  // namespace fuzz
