#include "engine/quantize/policy.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/base/resources.h"
#include "engine/profile/field_reader.h"

namespace engine {
namespace {

using Kind = YamlValue::Kind;
using Places = FieldReader::Places;

constexpr const char* kSchemes =
    "bf16, f16, f32, int8_channel, int4_g32 (2 to 8 bits, any group), uint3_g32 (with zero points)";

void readScheme(FieldReader& fields, WeightScheme& scheme) {
    std::string text;
    fields.text("scheme", text);
    const auto parsed = WeightScheme::parse(text);
    const bool made = parsed && (parsed->floating() || parsed->kind == WeightScheme::Kind::int8Channel ||
                                 parsed->kind == WeightScheme::Kind::groups);
    if (made)
        scheme = *parsed;
    else if (!text.empty())
        fields.refuse("scheme", std::string("expected one of ") + kSchemes);
}

void readRules(FieldReader& outer, const std::string& file, std::vector<PolicyRule>& rules) {
    const auto* list = outer.nested("rules", Kind::list);
    if (list == nullptr)
        return;
    for (const auto& item : list->items) {
        FieldReader fields(item, file, Places::columns);
        PolicyRule rule;
        fields.require("tensors");
        fields.require("scheme");
        fields.text("tensors", rule.tensors);
        readScheme(fields, rule.scheme);
        if (auto valid = fields.finish(); !valid)
            outer.fail(valid.error());
        rules.push_back(std::move(rule));
    }
    if (list->items.empty())
        outer.refuse("rules", "expected at least one rule");
}

void readPromotion(FieldReader& outer, const std::string& file, std::optional<Promotion>& promotion) {
    const auto* map = outer.nested("promote", Kind::map);
    if (map == nullptr)
        return;
    FieldReader fields(*map, file, Places::columns);
    promotion.emplace();
    fields.require("scheme");
    readScheme(fields, promotion->scheme);
    if (!promotion->scheme.floating())
        fields.refuse("scheme", "expected bf16, f16 or f32");
    fields.number("budget", 0.0, 4.0, promotion->budget);
    if (auto valid = fields.finish(); !valid)
        outer.fail(valid.error());
}

void readOptions(FieldReader& outer, const std::string& file, MethodOptions& options) {
    const auto* map = outer.nested("options", Kind::map);
    if (map == nullptr)
        return;
    FieldReader fields(*map, file, Places::columns);
    std::size_t range = static_cast<std::size_t>(options.range);
    fields.choice("range", {"sym", "sym_mse", "asym", "asym_mse"}, range);
    options.range = static_cast<RangeChoice>(range);
    bool halves = options.scales != ScaleType::f32;
    fields.flag("f16_scales", halves);
    options.scales = halves ? ScaleType::f16Normal : ScaleType::f32;
    fields.flag("act_order", options.actOrder);
    std::int64_t refine = options.refine;
    fields.integer("refine", 0, 100, refine);
    options.refine = static_cast<int>(refine);
    fields.integer("steps", 1, 100000, options.steps);
    fields.number("damp", 1e-6, 1.0, options.damp);
    if (auto valid = fields.finish(); !valid)
        outer.fail(valid.error());
}

void readLearning(FieldReader& outer, const std::string& file, QuantizationPolicy& policy) {
    const auto* map = outer.nested("learning", Kind::map);
    if (map == nullptr)
        return;
    if (policy.rotation != Rotation::learned)
        outer.refuse("learning", "expected only beside rotation: learned");
    FieldReader fields(*map, file, Places::columns);
    fields.integer("steps", 1, 100000, policy.learning.steps);
    fields.integer("windows", 1, 1024, policy.learning.windows);
    fields.number("rate", 1e-6, 100.0, policy.learning.rate);
    fields.number("distill", 0.0, 1.0, policy.learning.distill);
    if (auto valid = fields.finish(); !valid)
        outer.fail(valid.error());
}

Result<QuantizationPolicy> policyFrom(const YamlValue& document, const std::filesystem::path& path) {
    const auto file = path.string();
    QuantizationPolicy policy;
    policy.id = path.stem().string();
    FieldReader fields(document, file, Places::columns);
    for (const char* key : {"name", "description", "method", "rules"})
        fields.require(key);
    fields.text("name", policy.name);
    fields.text("description", policy.description);
    fields.text("method", policy.method);
    if (auto known = quantizerNamed(policy.method); !known && !policy.method.empty())
        fields.refuse("method", known.error().message);
    std::size_t choice = 0;
    fields.choice("rotation", {"none", "hadamard", "learned"}, choice);
    policy.rotation = static_cast<Rotation>(choice);
    readLearning(fields, file, policy);
    fields.flag("rotate_heads", policy.rotateHeads);
    if (policy.rotateHeads && policy.rotation == Rotation::none)
        fields.refuse("rotate_heads", "expected only beside rotation: hadamard or learned");
    std::int64_t bits = policy.activationBits;
    fields.integer("activation_bits", 2, 8, bits);
    policy.activationBits = static_cast<int>(bits);
    choice = static_cast<std::size_t>(policy.layout);
    fields.choice("layout", {"meta", "safetensors", "gguf"}, choice);
    policy.layout = static_cast<VariantLayout>(choice);
    readOptions(fields, file, policy.options);
    readPromotion(fields, file, policy.promotion);
    readRules(fields, file, policy.rules);
    if (auto valid = fields.finish(); !valid)
        return valid.error();
    return policy.in(policy.layout);
}

constexpr std::array<std::string_view, 3> kLayouts = {"meta", "safetensors", "gguf"};

}  // namespace

std::optional<VariantLayout> variantLayoutNamed(std::string_view name) {
    for (std::size_t i = 0; i < kLayouts.size(); ++i)
        if (kLayouts[i] == name)
            return static_cast<VariantLayout>(i);
    return std::nullopt;
}

std::string_view name(VariantLayout layout) {
    return kLayouts[static_cast<std::size_t>(layout)];
}

QuantizationPolicy QuantizationPolicy::in(VariantLayout other) const {
    auto policy = *this;
    policy.layout = other;
    if (other != VariantLayout::gguf)
        return policy;
    policy.options.scales = ScaleType::f16;
    for (auto& rule : policy.rules)
        if (rule.scheme.kind == WeightScheme::Kind::int8Channel)
            rule.scheme = WeightScheme::groupwise(8, 32);
    return policy;
}

WeightScheme QuantizationPolicy::schemeOf(std::string_view tensor) const {
    const std::string text(tensor);
    for (const auto& rule : rules)
        if (::fnmatch(rule.tensors.c_str(), text.c_str(), 0) == 0)
            return rule.scheme;
    return {};
}

Result<QuantizationPolicy> readPolicy(const std::filesystem::path& file) {
    auto document = readYaml(file);
    if (!document)
        return document.error();
    return policyFrom(*document, file);
}

Result<QuantizationPolicy> parsePolicy(std::string_view text, const std::filesystem::path& file) {
    auto document = parseYaml(text, file.string());
    if (!document)
        return document.error();
    return policyFrom(*document, file);
}

Result<std::vector<QuantizationPolicy>> shippedPolicies() {
    const auto folder = profilePath("quantize");
    if (folder.empty())
        return Error{ErrorCode::notFound,
                     "the quantization policies are missing; reinstall, or set ANVEN_PROFILES to the folder "
                     "that holds quantize/"};
    std::vector<QuantizationPolicy> policies;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
        if (entry.path().extension() != ".yaml")
            continue;
        auto policy = readPolicy(entry.path());
        if (!policy)
            return policy.error();
        policies.push_back(std::move(*policy));
    }
    if (failure)
        return Error{ErrorCode::io, folder.string() + ": " + failure.message()};
    std::sort(policies.begin(), policies.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return policies;
}

Result<QuantizationPolicy> policyNamed(const std::string& word) {
    if (word.ends_with(".yaml") || word.ends_with(".yml"))
        return readPolicy(word);
    if (!word.empty() && word.find('/') == std::string::npos)
        if (const auto file = profilePath("quantize/" + word + ".yaml"); !file.empty())
            return readPolicy(file);
    auto policies = shippedPolicies();
    if (!policies)
        return policies.error();
    std::string known;
    for (const auto& policy : *policies)
        known += (known.empty() ? "" : ", ") + policy.id;
    return Error{ErrorCode::notFound, "there is no quantization policy '" + word + "'; there are " + known +
                                          ", or the path of a .yaml file"};
}

std::string canonicalText(const QuantizationPolicy& policy) {
    nlohmann::json rules = nlohmann::json::array();
    for (const auto& rule : policy.rules)
        rules.push_back({{"tensors", rule.tensors}, {"scheme", rule.scheme.name()}});
    nlohmann::json promotion;
    if (policy.promotion)
        promotion = {policy.promotion->scheme.name(), policy.promotion->budget};
    return nlohmann::json{
        {"method", policy.method},
        {"range", name(policy.options.range)},
        {"scales", static_cast<int>(policy.options.scales)},
        {"act_order", policy.options.actOrder},
        {"steps", policy.options.steps},
        {"refine", policy.options.refine},
        {"damp", policy.options.damp},
        {"rotation", static_cast<int>(policy.rotation)},
        {"learning",
         {policy.learning.steps, policy.learning.windows, policy.learning.rate, policy.learning.distill}},
        {"rotate_heads", policy.rotateHeads},
        {"activation_bits", policy.activationBits},
        {"layout", name(policy.layout)},
        {"promotion", promotion},
        {"rules", std::move(rules)}}
        .dump();
}

}  // namespace engine
