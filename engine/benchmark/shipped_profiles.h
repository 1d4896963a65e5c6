#pragma once

#include <span>
#include <string_view>

namespace engine {

/// A file of profiles/benchmark as it was when the program was built.
struct ShippedProfile {
    std::string_view id;
    std::string_view text;
};

/// Generated from the files (shipped_profiles.cpp.in): what a run is compared with to say "unmodified".
std::span<const ShippedProfile> shippedProfiles();

}  // namespace engine
