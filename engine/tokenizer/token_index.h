#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Finds a token's id by its bytes: an open hash table of ids alone, so that the bytes are held only once, by
/// the vocabulary. `tokens` has to outlive it unchanged.
class TokenIndex {
public:
    explicit TokenIndex(const std::vector<std::string>& tokens);

    /// Of equal tokens the first one that is added is found.
    void add(std::int32_t id);
    std::optional<std::int32_t> find(std::string_view bytes) const;

private:
    /// Where the token is or would be.
    std::size_t slotOf(std::string_view bytes) const;

    const std::vector<std::string>& tokens_;
    std::vector<std::int32_t> slots_;  // a power of two, at most half full; kFree or an id
};

}  // namespace engine
