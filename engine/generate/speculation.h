#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

/// Where drafts come from: tokens that are guessed, then verified together in one pass of the model.
enum class SpeculationKind {
    off,
    lookup,      ///< what followed the last tokens where they stood before, in prompt or answer
    draftModel,  ///< a second, smaller model with the same vocabulary
};
std::string_view name(SpeculationKind kind);  ///< "off", "lookup", "draft"

inline constexpr std::int64_t kMostDraftTokens = 32;
/// Guesses of lookup cost nothing but their place in the pass, those of a model a pass of that model each.
inline constexpr std::int64_t kLookupDraftTokens = 8;
inline constexpr std::int64_t kModelDraftTokens = 4;

struct SpeculationOptions {
    SpeculationKind kind = SpeculationKind::off;
    std::int64_t draftTokens = 0;  ///< per pass at most, up to kMostDraftTokens; 0 = the kind's default

    std::int64_t mostDraftTokens() const {
        if (draftTokens > 0)
            return draftTokens;
        return kind == SpeculationKind::lookup ? kLookupDraftTokens : kModelDraftTokens;
    }
    bool operator==(const SpeculationOptions&) const = default;
};

/// What speculation did in one answer.
struct SpeculationResult {
    SpeculationKind kind = SpeculationKind::lookup;
    std::int64_t drafted = 0;                ///< tokens that were verified beside the one that was due
    std::int64_t accepted = 0;               ///< those that became part of the answer
    std::int64_t forwards = 0;               ///< passes of the model after the prompt
    std::optional<double> acceptance;        ///< accepted / drafted; absent when nothing was drafted
    std::optional<double> tokensPerForward;  ///< tokens after the first / forwards
    /// Kernel variants because of which the answer may differ from one without speculation, where two tokens
    /// are nearly as likely; empty: it cannot.
    std::string inexactKernels;
    std::string draftModel;  ///< name and variant; empty for lookup
    std::int64_t draftWeightsBytes = 0;
    std::int64_t draftKvBytes = 0;
    bool operator==(const SpeculationResult&) const = default;
};

}  // namespace engine
