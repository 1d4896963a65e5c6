#include "engine/benchmark/benchmark_profile.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/base/resources.h"
#include "engine/benchmark/shipped_profiles.h"
#include "engine/checkpoint/file_digest.h"
#include "engine/profile/field_reader.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/kv_cache.h"
#include "engine/synthetic/random_model_cache.h"

namespace engine {
namespace {

using Json = nlohmann::json;
using Kind = YamlValue::Kind;
using Places = FieldReader::Places;

constexpr std::int64_t kMostTokens = 1 << 20;
constexpr std::int64_t kMostRepetitions = 100'000;

bool isThreads(const std::string& text) {
    int threads = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), threads);
    return text == "all" ||
           (code == std::errc() && end == text.data() + text.size() && threads >= 1 && threads <= 1024);
}

bool isKernels(const std::string& text) {
    if (text == "all")
        return true;
    const auto plan = KernelPlan::make(text, false);
    return plan || plan.error().code != ErrorCode::invalidInput;
}

std::string kvSchemeNames() {
    std::string names;
    for (const auto& scheme : kvSchemes())
        names += (names.empty() ? "" : ", ") + std::string(scheme.name);
    return names;
}

bool isKvScheme(const std::string& text) {
    return kvSchemeNamed(text).has_value();
}

/// Reads a nested map with `read`, its error becoming the outer reader's.
template <class Read>
void readMap(const YamlValue& map, const std::string& file, FieldReader& outer, Read read) {
    FieldReader fields(map, file, Places::columns);
    read(fields);
    if (auto valid = fields.finish(); !valid)
        outer.fail(valid.error());
}

void readModels(FieldReader& outer, const std::string& file, std::vector<ProfileModel>& models) {
    const auto* list = outer.nested("models", Kind::list);
    if (list == nullptr)
        return;
    for (const auto& item : list->items)
        readMap(item, file, outer, [&](FieldReader& fields) {
            ProfileModel model;
            fields.require("name");
            fields.text("name", model.name);
            fields.text("random", model.random);
            fields.text("model", model.path);
            if (!model.random.empty() && !model.path.empty())
                fields.refuse("random", "a model is random or named, not both");
            if (!model.random.empty())
                if (auto known = randomModelNamed(model.random); !known)
                    fields.refuse("random", known.error().message);
            if (model.name.find('=') != std::string::npos)
                fields.refuse("name", "expected a name without '='");
            if (std::any_of(models.begin(), models.end(),
                            [&](const auto& m) { return m.name == model.name; }))
                fields.refuse("name", "'" + model.name + "' names two models");
            models.push_back(std::move(model));
        });
    if (list->items.empty())
        outer.refuse("models",
                     "expected at least one model; without the key, those that are given are measured");
}

void readTests(FieldReader& outer, const std::string& file, std::vector<ProfileTests>& tests) {
    const auto* list = outer.nested("tests", Kind::list);
    if (list == nullptr)
        return;
    for (const auto& item : list->items)
        readMap(item, file, outer, [&](FieldReader& fields) {
            ProfileTests entry;
            fields.integers("prefill", 1, kMostTokens, entry.prefill);
            fields.integers("decode", 1, kMostTokens, entry.decode);
            fields.integers("depth", 0, kMostTokens, entry.depth);
            if (entry.prefill.empty() && entry.decode.empty())
                fields.require("prefill");
            if (entry.depth.empty())
                fields.refuse("depth", "expected at least one depth");
            tests.push_back(std::move(entry));
        });
    if (list->items.empty())
        outer.refuse("tests", "expected at least one test");
}

void readRules(FieldReader& outer, const std::string& file, BenchmarkProfile& profile) {
    if (const auto* map = outer.nested("repetitions", Kind::map))
        readMap(*map, file, outer, [&](FieldReader& fields) {
            auto& rule = profile.repetitions;
            fields.require("max");
            fields.integer("max", 1, kMostRepetitions, rule.max);
            rule.min = std::min(rule.min, rule.max);  // the default, not what the file says
            fields.integer("min", 1, kMostRepetitions, rule.min);
            fields.number("interval_percent", 0.0, 100.0, rule.intervalPercent);
            if (rule.min > rule.max)
                fields.refuse("max", "expected at least min (" + std::to_string(rule.min) + ")");
        });
    if (const auto* map = outer.nested("warmup", Kind::map))
        readMap(*map, file, outer, [&](FieldReader& fields) {
            fields.require("max");
            fields.integer("max", 0, 1000, profile.warmup.max);
            fields.number("agree_percent", 0.0, 100.0, profile.warmup.agreePercent);
        });
}

void readQuality(FieldReader& outer, const std::string& file, BenchmarkProfile& profile) {
    const auto* map = outer.nested("quality", Kind::map);
    if (map == nullptr)
        return;
    readMap(*map, file, outer, [&](FieldReader& fields) {
        ProfileQuality quality;
        fields.text("text", quality.text);
        fields.integer("window", 2, kMostTokens, quality.window);
        fields.integer("windows", 1, kMostRepetitions, quality.windows);
        profile.quality = std::move(quality);
    });
}

Result<BenchmarkProfile> profileFrom(const YamlValue& document, const std::string& file,
                                     const std::string& id) {
    BenchmarkProfile profile;
    profile.id = id;
    FieldReader fields(document, file, Places::columns);
    for (const char* key : {"name", "description"})
        fields.require(key);
    fields.text("name", profile.name);
    fields.text("description", profile.description);
    readModels(fields, file, profile.models);
    fields.texts("kernels", isKernels, "auto, all, kernel levels or pins", profile.kernels);
    fields.texts("threads", isThreads, "all, or numbers from 1 to 1024", profile.threads);
    fields.texts("kv", isKvScheme, "schemes of the KV cache (" + kvSchemeNames() + ")", profile.kv);
    fields.integer("context", 0, kMostTokens, profile.context);
    readTests(fields, file, profile.tests);
    readRules(fields, file, profile);
    fields.number("idle_seconds", 0.0, 3600.0, profile.idleSeconds);
    readQuality(fields, file, profile);
    if (profile.tests.empty() && !profile.quality)
        fields.require("tests");
    std::size_t order = 0;
    fields.choice("order", {"interleaved", "sequential"}, order);
    profile.order = order == 0 ? LaneOrder::interleaved : LaneOrder::sequential;
    fields.integer("seed", 0, std::numeric_limits<std::int64_t>::max(), profile.seed);
    if (auto valid = fields.finish(); !valid)
        return valid.error();
    return profile;
}

bool isProfileFile(const std::string& word) {
    return word.ends_with(".yaml") || word.ends_with(".yml");
}

std::filesystem::path shippedFile(const std::string& id) {
    return id.empty() || id.find('/') != std::string::npos ? std::filesystem::path()
                                                           : profilePath("benchmark/" + id + ".yaml");
}

}  // namespace

Result<BenchmarkProfile> readBenchmarkProfile(const std::filesystem::path& file) {
    auto document = readYaml(file);
    if (!document)
        return document.error();
    return profileFrom(*document, file.string(), file.stem().string());
}

Result<BenchmarkProfile> parseBenchmarkProfile(std::string_view text, const std::filesystem::path& file) {
    auto document = parseYaml(text, file.string());
    if (!document)
        return document.error();
    return profileFrom(*document, file.string(), file.stem().string());
}

Result<std::string> benchmarkProfileText(const std::string& word) {
    const auto file = isProfileFile(word) ? std::filesystem::path(word) : shippedFile(word);
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return Error{ErrorCode::notFound, "the profile " + word + " cannot be read; does the file exist?"};
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

Result<std::vector<BenchmarkProfile>> benchmarkProfiles() {
    const auto folder = profilePath("benchmark");
    if (folder.empty())
        return Error{
            ErrorCode::notFound,
            "the benchmark profiles are missing; reinstall, or set ANVEN_PROFILES to the folder that "
            "holds benchmark/"};
    std::vector<BenchmarkProfile> profiles;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
        if (entry.path().extension() != ".yaml")
            continue;
        auto profile = readBenchmarkProfile(entry.path());
        if (!profile)
            return profile.error();
        profiles.push_back(std::move(*profile));
    }
    if (failure)
        return Error{ErrorCode::io, folder.string() + ": " + failure.message()};
    std::sort(profiles.begin(), profiles.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return profiles;
}

bool namesBenchmarkProfile(const std::string& word) {
    return isProfileFile(word) || !shippedFile(word).empty();
}

Result<BenchmarkProfile> benchmarkProfile(const std::string& word) {
    if (isProfileFile(word))
        return readBenchmarkProfile(word);
    if (const auto file = shippedFile(word); !file.empty())
        return readBenchmarkProfile(file);
    auto profiles = benchmarkProfiles();
    if (!profiles)
        return profiles.error();
    std::string known;
    for (const auto& profile : *profiles)
        known += (known.empty() ? "" : ", ") + profile.id;
    return Error{ErrorCode::notFound,
                 "there is no profile '" + word + "'; there are " + known + ", or the path of a .yaml file"};
}

std::string canonicalText(const BenchmarkProfile& profile) {
    Json models = Json::array();
    for (const auto& model : profile.models)
        models.push_back({{"name", model.name}, {"random", model.random}, {"model", model.path}});
    Json tests = Json::array();
    for (const auto& entry : profile.tests)
        tests.push_back({{"prefill", entry.prefill}, {"decode", entry.decode}, {"depth", entry.depth}});
    Json json{{"models", models},
              {"kernels", profile.kernels},
              {"threads", profile.threads},
              {"kv", profile.kv},
              {"context", profile.context},
              {"tests", tests},
              {"repetitions",
               {{"min", profile.repetitions.min},
                {"max", profile.repetitions.max},
                {"interval_percent", profile.repetitions.intervalPercent}}},
              {"warmup", {{"max", profile.warmup.max}, {"agree_percent", profile.warmup.agreePercent}}},
              {"order", profile.order == LaneOrder::interleaved ? "interleaved" : "sequential"},
              {"seed", profile.seed}};
    // Only where they are wanted: profiles without them keep the digest that earlier runs recorded.
    if (profile.idleSeconds > 0.0)
        json["idle_seconds"] = profile.idleSeconds;
    if (profile.quality)
        json["quality"] = {{"text", profile.quality->text},
                           {"window", profile.quality->window},
                           {"windows", profile.quality->windows}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string profileDigest(const BenchmarkProfile& profile) {
    return textDigest(canonicalText(profile));
}

bool isShippedProfile(const BenchmarkProfile& profile) {
    for (const auto& shipped : shippedProfiles()) {
        if (shipped.id != profile.id)
            continue;
        const auto document = parseYaml(shipped.text, profile.id);
        const auto original = document ? profileFrom(*document, profile.id, profile.id)
                                       : Result<BenchmarkProfile>(document.error());
        return original && canonicalText(*original) == canonicalText(profile);
    }
    return false;
}

}  // namespace engine
