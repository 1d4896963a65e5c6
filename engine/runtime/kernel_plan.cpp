#include "engine/runtime/kernel_plan.h"

#include <algorithm>
#include <map>
#include <optional>

namespace engine {
namespace {

constexpr std::string_view kLevels[] = {"reference",   "neon",     "neon_dotprod", "neon_i8mm",
                                        "avx2",        "avx_vnni", "avx512",       "avx512_vnni",
                                        "avx512_bf16", "amx",      "onednn"};
/// The best level that is used unasked. Those after it have to be asked for by name (amx because it has never
/// run on a CPU that has it), and one does not bring the other.
constexpr std::size_t kAutomatic = std::size(kLevels) - 3;

std::optional<std::size_t> rankOf(std::string_view level) {
    const auto* at = std::find(std::begin(kLevels), std::end(kLevels), level);
    if (at == std::end(kLevels))
        return std::nullopt;
    return static_cast<std::size_t>(at - std::begin(kLevels));
}

std::string missingFeatures(kernels::CpuFeature needed) {
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    std::string missing;
    for (int i = 0; i < count; ++i)
        if (kernels::has(names[i].feature) == false &&
            (needed & names[i].feature) != kernels::CpuFeature::none)
            missing += (missing.empty() ? "" : ", ") + std::string(names[i].name);
    return missing;
}

std::string levelNames() {
    std::string names = "auto";
    for (const auto level : kLevels)
        names += ", " + std::string(level);
    return names;
}

struct Spec {
    std::size_t rank = kAutomatic;
    bool levelGiven = false;
    std::map<std::string, std::string, std::less<>> pins;
};

Result<Spec> parse(std::string_view text) {
    Spec spec;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto word = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        const auto equals = word.find('=');
        if (word == "auto" || word.empty())
            continue;
        if (equals != std::string_view::npos) {
            spec.pins.emplace(word.substr(0, equals), word.substr(equals + 1));
        } else if (const auto rank = rankOf(word)) {
            spec.rank = *rank;
            spec.levelGiven = true;
        } else {
            return Error{ErrorCode::invalidInput, "kernels: '" + std::string(word) +
                                                      "' is neither a level (" + levelNames() +
                                                      ") nor a pin like attention=avx2"};
        }
    }
    return spec;
}

/// Chooses per op and collects reasons; the first failure stays.
class Chooser {
public:
    Chooser(const Spec& spec, bool exact) : spec_(spec), exact_(exact) {}

    template <class Fn>
    const kernels::Variant<Fn>* choose(std::string_view op,
                                       std::span<const kernels::Variant<Fn>* const> variants) {
        KernelChoice choice{std::string(op), {}, {}};
        known_.emplace_back(op);
        if (const auto own = spec_.pins.find(op); own != spec_.pins.end())
            return pinned(choice, variants, own->second, true);
        if (const auto group = spec_.pins.find("matmul");
            op.starts_with("matmul_") && group != spec_.pins.end())
            if (const auto* variant = pinned(choice, variants, group->second, false))
                return variant;
        for (const auto* variant : variants) {
            if (auto reason = objection(*variant); !reason.empty()) {
                choice.passedOver.push_back(std::string(variant->name) + ": " + reason);
                continue;
            }
            choice.variant = variant->name;
            choices.push_back(std::move(choice));
            return variant;
        }
        fail({ErrorCode::internal, "kernels: " + std::string(op) + " has no usable variant"});
        return nullptr;
    }

    Result<void> finish() {
        for (const auto& [op, variant] : spec_.pins) {
            if (op != "matmul" && std::find(known_.begin(), known_.end(), op) == known_.end())
                fail({ErrorCode::invalidInput,
                      "kernels: there is no op '" + op + "'; `anven kernels list` shows them"});
            if (op == "matmul" && groupHonoured_ == 0)
                fail({ErrorCode::unavailable,
                      "kernels: matmul=" + variant + " cannot be honoured: " +
                          (groupReason_.empty() ? "no matmul has that variant" : groupReason_)});
        }
        if (spec_.levelGiven && spec_.rank > 0 && !levelAvailable_)
            fail({ErrorCode::unavailable,
                  "kernels: level " + std::string(kLevels[spec_.rank]) + " is not available here: " +
                      (levelReason_.empty() ? "this build has no such variant" : levelReason_) +
                      "; `anven kernels list` shows what is"});
        if (error_)
            return *error_;
        return {};
    }

    std::vector<KernelChoice> choices;

private:
    template <class Fn>
    const kernels::Variant<Fn>* pinned(KernelChoice& choice,
                                       std::span<const kernels::Variant<Fn>* const> variants,
                                       const std::string& name, bool mustHold) {
        for (const auto* variant : variants) {
            if (variant->name != name)
                continue;
            std::string reason;
            if (!kernels::has(variant->needs))
                reason = "this CPU lacks " + missingFeatures(variant->needs);
            else if (exact_ && kernels::hasTrait(variant->traits, kernels::Trait::roundsActivations))
                reason = "it rounds activations to BF16, exact arithmetic was asked for";
            if (reason.empty()) {
                choice.variant = name;
                choices.push_back(choice);
                ++groupHonoured_;
                return variant;
            }
            groupReason_ = reason;
            if (mustHold)
                fail({ErrorCode::unavailable,
                      "kernels: " + choice.op + "=" + name + " cannot be honoured: " + reason});
            choice.passedOver.push_back(name + ": " + reason);
            return nullptr;
        }
        if (mustHold) {
            std::string names;
            for (const auto* variant : variants)
                names += (names.empty() ? "" : ", ") + std::string(variant->name);
            fail({ErrorCode::invalidInput,
                  "kernels: " + choice.op + " has no variant '" + name + "'; it has " + names});
        }
        return nullptr;
    }

    template <class Fn>
    std::string objection(const kernels::Variant<Fn>& variant) {
        const auto rank = rankOf(variant.name).value_or(0);
        const bool atLevel = spec_.levelGiven && rank == spec_.rank;
        if (!kernels::has(variant.needs)) {
            if (atLevel)
                levelReason_ = "this CPU lacks " + missingFeatures(variant.needs);
            return "this CPU lacks " + missingFeatures(variant.needs);
        }
        if (atLevel)
            levelAvailable_ = true;
        if (rank > kAutomatic && rank != spec_.rank)
            return "used when asked for (--kernels " + std::string(variant.name) +
                   " or matmul=" + variant.name + ")";
        if (rank > spec_.rank)
            return "above the level " + std::string(kLevels[spec_.rank]);
        if (exact_ && kernels::hasTrait(variant.traits, kernels::Trait::roundsActivations))
            return "rounds activations to BF16, exact arithmetic was asked for";
        return {};
    }

    void fail(Error error) {
        if (!error_)
            error_ = std::move(error);
    }

    const Spec& spec_;
    bool exact_;
    std::vector<std::string> known_;
    int groupHonoured_ = 0;
    std::string groupReason_;
    bool levelAvailable_ = false;
    std::string levelReason_;
    std::optional<Error> error_;
};

}  // namespace

Result<KernelPlan> KernelPlan::make(std::string_view text, bool exact) {
    auto spec = parse(text);
    if (!spec)
        return spec.error();
    Chooser chooser(*spec, exact);
    KernelPlan plan;
    plan.matmulDense = chooser.choose("matmul_dense", kernels::matmul_dense::variants());
    plan.matmulInt4 = chooser.choose("matmul_int4", kernels::matmul_int4::variants());
    plan.matmulInt8 = chooser.choose("matmul_int8", kernels::matmul_int8::variants());
    plan.quantizeActivations =
        chooser.choose("quantize_activations", kernels::quantize_activations::variants());
    plan.rmsnorm = chooser.choose("rmsnorm", kernels::rmsnorm::variants());
    plan.rope = chooser.choose("rope", kernels::rope::variants());
    plan.attention = chooser.choose("attention", kernels::attention::variants());
    plan.softmax = chooser.choose("softmax", kernels::softmax::variants());
    plan.swiglu = chooser.choose("swiglu", kernels::swiglu::variants());
    plan.hadamard = chooser.choose("hadamard", kernels::hadamard::variants());
    plan.embedding = chooser.choose("embedding", kernels::embedding::variants());
    if (auto done = chooser.finish(); !done)
        return done.error();
    plan.choices = std::move(chooser.choices);
    return plan;
}

std::string KernelPlan::summary() const {
    std::string text;
    for (const auto& choice : choices)
        text += (text.empty() ? "" : " ") + choice.op + "=" + choice.variant;
    return text;
}

std::string KernelPlan::batchDependent() const {
    std::string text;
    const auto add = [&](const char* op, const auto* variant) {
        if (kernels::hasTrait(variant->traits, kernels::Trait::dependsOnBatch))
            text += (text.empty() ? "" : " ") + std::string(op) + "=" + variant->name;
    };
    add("matmul_dense", matmulDense);
    add("matmul_int4", matmulInt4);
    add("matmul_int8", matmulInt8);
    add("quantize_activations", quantizeActivations);
    add("rmsnorm", rmsnorm);
    add("rope", rope);
    add("attention", attention);
    add("swiglu", swiglu);
    add("hadamard", hadamard);
    add("embedding", embedding);
    return text;
}

std::string KernelPlan::label() const {
    std::size_t best = 0;
    for (const auto& choice : choices)
        best = std::max(best, rankOf(choice.variant).value_or(0));
    return std::string(kLevels[best]);
}

std::vector<std::string_view> kernelLevels() {
    return {std::begin(kLevels), std::end(kLevels)};
}

}  // namespace engine
