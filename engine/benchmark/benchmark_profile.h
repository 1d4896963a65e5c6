#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/benchmark/repetition_rules.h"

namespace engine {

/// A model of a profile: a random one, one that is named, or a place for one that the person gives.
struct ProfileModel {
    std::string name;
    std::string random;  ///< "1b/spinquant": made on demand
    std::string path;    ///< path or demo:NAME
    bool isPlace() const { return random.empty() && path.empty(); }
    bool operator==(const ProfileModel&) const = default;
};

/// Every prefill and decode length at every depth.
struct ProfileTests {
    std::vector<std::int64_t> prefill;
    std::vector<std::int64_t> decode;
    std::vector<std::int64_t> depth{0};
    bool operator==(const ProfileTests&) const = default;
};

/// Quality on a text, beside the speeds.
struct ProfileQuality {
    std::string text;           ///< UTF-8 file; empty = the one that ships
    std::int64_t window = 256;  ///< tokens
    std::int64_t windows = 16;  ///< at most
    bool operator==(const ProfileQuality&) const = default;
};

/// interleaved: A B C A B C …, all lanes loaded at once; sequential: one lane after the other, the memory of
/// one.
enum class LaneOrder { interleaved, sequential };

/// What a benchmark measures, from profiles/benchmark/<id>.yaml or from the command line.
struct BenchmarkProfile {
    std::string id;    ///< the file's name ("quick"); empty = from the command line
    std::string name;  ///< for people
    std::string description;
    std::vector<ProfileModel> models;          ///< empty = those that the person gives
    std::vector<std::string> kernels{"auto"};  ///< levels, pins, or all = every level of this machine
    std::vector<std::string> threads{"all"};   ///< numbers, or all = one per physical core
    std::vector<std::string> kv{"bf16"};
    std::int64_t context = 0;  ///< tokens; 0 = the model's default
    std::vector<ProfileTests> tests;
    RepetitionRule repetitions;
    WarmupRule warmup;
    LaneOrder order = LaneOrder::interleaved;
    std::int64_t seed = 42;
    double idleSeconds = 0.0;  ///< of idle power before the tests; 0 = none
    std::optional<ProfileQuality> quality;
};

/// Errors: as readYaml and FieldReader, with file, line and column.
Result<BenchmarkProfile> readBenchmarkProfile(const std::filesystem::path& file);

/// The same of a text that is being edited; `file` names it in messages and gives the id.
Result<BenchmarkProfile> parseBenchmarkProfile(std::string_view text, const std::filesystem::path& file);

/// The text of a profile that ships or of a file, as it is. Errors: notFound, io.
Result<std::string> benchmarkProfileText(const std::string& word);

/// Those that ship with the program, by id. Errors: as readBenchmarkProfile; notFound without the folder.
Result<std::vector<BenchmarkProfile>> benchmarkProfiles();

/// Whether `word` is a profile's file (.yaml) or the id of one that ships: what `anven bench` takes for a
/// profile and not for a model.
bool namesBenchmarkProfile(const std::string& word);

/// The profile in a .yaml file, or one that ships by its id. Errors: notFound, naming those that there are.
Result<BenchmarkProfile> benchmarkProfile(const std::string& word);

/// JSON of everything that decides what is measured, defaults included, keys sorted: two profiles that
/// measure the same have the same text. Name and description are not in it.
std::string canonicalText(const BenchmarkProfile& profile);

/// SHA-256 of canonicalText().
std::string profileDigest(const BenchmarkProfile& profile);

/// Whether the profile measures what the one of its id measured when this program was built: false for a
/// changed file, for options that change it, and for profiles that do not ship.
bool isShippedProfile(const BenchmarkProfile& profile);

}  // namespace engine
