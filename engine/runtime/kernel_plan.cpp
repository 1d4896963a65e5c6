#include "engine/runtime/kernel_plan.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/runtime/table_choice.h"

namespace engine {
namespace {

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
    for (const auto level : kernelLevels())
        names += ", " + std::string(level);
    return names;
}

struct Spec {
    std::size_t rank = automaticKernelRank();
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
        } else if (const auto rank = kernelRank(word)) {
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
    Chooser(const Spec& spec, bool exact, const KernelTable& table)
        : spec_(spec), exact_(exact), table_(table) {}

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
            choice.reason = spec_.levelGiven
                                ? "the best up to the level " + std::string(kernelLevels()[spec_.rank])
                                : "first in the order of preference";
            choices.push_back(std::move(choice));
            return variant;
        }
        fail({ErrorCode::internal, "kernels: " + std::string(op) + " has no usable variant"});
        return nullptr;
    }

    /// The variant that packs; `runs` receives those that compute.
    template <class Fn>
    const kernels::Variant<Fn>* chooseMatmul(std::string_view op,
                                             std::span<const kernels::Variant<Fn>* const> variants,
                                             MatmulRuns<Fn>& runs) {
        const int pinsBefore = groupHonoured_;
        const auto* usual = choose(op, variants);
        if (usual == nullptr)
            return nullptr;
        runs.byType.resize(weightNames(op).size());
        for (auto& byTokens : runs.byType)
            byTokens.fill(usual);
        if (spec_.levelGiven || groupHonoured_ != pinsBefore)
            return usual;
        return measured(op, usual, variants, runs);
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
                  "kernels: level " + std::string(kernelLevels()[spec_.rank]) + " is not available here: " +
                      (levelReason_.empty() ? "this build has no such variant" : levelReason_) +
                      "; `anven kernels list` shows what is"});
        if (error_)
            return *error_;
        return {};
    }

    std::vector<KernelChoice> choices;

private:
    /// Puts what the table knows in place of `usual`.
    template <class Fn>
    const kernels::Variant<Fn>* measured(std::string_view op, const kernels::Variant<Fn>* usual,
                                         std::span<const kernels::Variant<Fn>* const> variants,
                                         MatmulRuns<Fn>& runs) {
        using kernels::Trait;
        auto& choice = choices.back();
        if (std::none_of(table_.rows.begin(), table_.rows.end(), [&](const auto& r) { return r.op == op; })) {
            choice.reason += table_.empty() ? "; no kernel table for this CPU, `anven kernels tune` makes one"
                                            : "; not in the kernel table " + table_.source;
            if (!table_.problem.empty())
                choice.reason += "; not used: " + table_.problem;
            return usual;
        }
        std::vector<const kernels::Variant<Fn>*> usable{usual};
        std::vector<KernelCandidate> candidates{{usual->name, usual->fn.layout}};
        const auto barred = exact_ ? Trait::roundsActivations | Trait::dependsOnBatch : Trait::none;
        for (const auto* variant : variants) {
            if (variant == usual || !kernels::has(variant->needs) ||
                kernels::hasTrait(variant->traits, barred))
                continue;
            usable.push_back(variant);
            candidates.push_back({variant->name, variant->fn.layout});
        }
        const auto fastest = chooseByTable(table_, op, candidates, !exact_);
        for (std::size_t type = 0; type < runs.byType.size(); ++type)
            for (std::size_t c = 0; c < kTokenClasses; ++c)
                runs.byType[type][c] = usable[fastest.runs[type][c]];
        describe(choice, candidates, fastest);
        return runs.byType[0][0];
    }

    void describe(KernelChoice& choice, std::span<const KernelCandidate> candidates,
                  const TableChoice& fastest) const {
        std::vector<std::string> used;
        const auto weights = weightNames(choice.op);
        for (std::size_t c = 0; c < kTokenClasses; ++c)
            for (std::size_t type = 0; type < weights.size(); ++type) {
                const std::string variant(candidates[fastest.runs[type][c]].name);
                if (std::find(used.begin(), used.end(), variant) == used.end())
                    used.push_back(variant);
                const auto* row = table_.find(choice.op, weights[type], static_cast<TokenClass>(c));
                if (row == nullptr)
                    continue;
                for (const auto& m : row->variants)
                    if (m.variant == variant)
                        choice.uses.push_back({std::string(weights[type]), std::string(kTokenClassNames[c]),
                                               variant, m.gops, m.gbps});
            }
        const bool changed = used.size() > 1 || used[0] != candidates[0].name;
        choice.reason = changed ? "fastest by the kernel table " + table_.source
                                : "first in the order of preference, and the kernel table " + table_.source +
                                      " has nothing faster";
        choice.reason += table_.measured.empty() ? "" : " (" + table_.measured + ")";
        if (!table_.problem.empty())
            choice.reason += "; not used: " + table_.problem;
        std::erase_if(choice.passedOver, [&](const auto& text) {
            return std::any_of(candidates.begin(), candidates.end(), [&](const auto& candidate) {
                return text.starts_with(std::string(candidate.name) + ":");
            });
        });
        choice.variant.clear();
        for (const auto& variant : used)
            choice.variant += (choice.variant.empty() ? "" : "+") + variant;
        for (const auto& candidate : candidates)
            if (const std::string variant(candidate.name);
                std::find(used.begin(), used.end(), variant) == used.end() && isMeasured(choice.op, variant))
                choice.passedOver.push_back(variant + ": no faster by the kernel table");
    }

    bool isMeasured(std::string_view op, std::string_view variant) const {
        return std::any_of(table_.rows.begin(), table_.rows.end(), [&](const auto& row) {
            return row.op == op && std::any_of(row.variants.begin(), row.variants.end(),
                                               [&](const auto& m) { return m.variant == variant; });
        });
    }

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
                choice.reason = "asked for by name";
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
        const auto rank = kernelRank(variant.name).value_or(0);
        const bool atLevel = spec_.levelGiven && rank == spec_.rank;
        if (!kernels::has(variant.needs)) {
            if (atLevel)
                levelReason_ = "this CPU lacks " + missingFeatures(variant.needs);
            return "this CPU lacks " + missingFeatures(variant.needs);
        }
        if (atLevel)
            levelAvailable_ = true;
        if (rank > automaticKernelRank() && rank != spec_.rank)
            return "used when asked for (--kernels " + std::string(variant.name) +
                   " or matmul=" + variant.name + ")";
        if (rank > spec_.rank)
            return "above the level " + std::string(kernelLevels()[spec_.rank]);
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
    const KernelTable& table_;
    std::vector<std::string> known_;
    int groupHonoured_ = 0;
    std::string groupReason_;
    bool levelAvailable_ = false;
    std::string levelReason_;
    std::optional<Error> error_;
};

}  // namespace

Result<KernelPlan> KernelPlan::make(std::string_view text, bool exact) {
    return make(text, exact, kernelTableHere());
}

Result<KernelPlan> KernelPlan::make(std::string_view text, bool exact, const KernelTable& table) {
    auto spec = parse(text);
    if (!spec)
        return spec.error();
    Chooser chooser(*spec, exact, table);
    KernelPlan plan;
    plan.matmulDense =
        chooser.chooseMatmul("matmul_dense", kernels::matmul_dense::variants(), plan.matmulDenseRuns);
    plan.matmulInt4 =
        chooser.chooseMatmul("matmul_int4", kernels::matmul_int4::variants(), plan.matmulInt4Runs);
    plan.matmulInt8 =
        chooser.chooseMatmul("matmul_int8", kernels::matmul_int8::variants(), plan.matmulInt8Runs);
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

std::size_t KernelPlan::matmulScratchBytes(std::int64_t tokens, std::int64_t cols) const {
    std::size_t bytes = 0;
    const auto add = [&](const auto& variant) {
        bytes = std::max(bytes, variant.fn.scratchBytes(tokens, cols));
    };
    matmulDenseRuns.forEach(add);
    matmulInt4Runs.forEach(add);
    matmulInt8Runs.forEach(add);
    return bytes;
}

std::string KernelPlan::batchDependent() const {
    std::string text;
    const auto add = [&](std::string_view op, bool dependent) {
        for (const auto& choice : choices)
            if (dependent && choice.op == op)
                text += (text.empty() ? "" : " ") + choice.op + "=" + choice.variant;
    };
    const auto depends = [](const auto& variant) {
        return kernels::hasTrait(variant.traits, kernels::Trait::dependsOnBatch);
    };
    const auto anyDepends = [&](const auto& runs) {
        return std::any_of(runs.byType.begin(), runs.byType.end(), [&](const auto& byTokens) {
            return std::any_of(byTokens.begin(), byTokens.end(),
                               [&](const auto* run) { return run != byTokens[0] || depends(*run); });
        });
    };
    add("matmul_dense", anyDepends(matmulDenseRuns));
    add("matmul_int4", anyDepends(matmulInt4Runs));
    add("matmul_int8", anyDepends(matmulInt8Runs));
    add("quantize_activations", depends(*quantizeActivations));
    add("rmsnorm", depends(*rmsnorm));
    add("rope", depends(*rope));
    add("attention", depends(*attention));
    add("swiglu", depends(*swiglu));
    add("hadamard", depends(*hadamard));
    add("embedding", depends(*embedding));
    return text;
}

std::string KernelPlan::label() const {
    std::size_t best = 0;
    for (const auto& choice : choices)
        for (std::string_view rest = choice.variant; !rest.empty();) {
            const auto plus = rest.find('+');
            best = std::max(best, kernelRank(rest.substr(0, plus)).value_or(0));
            rest = plus == std::string_view::npos ? std::string_view{} : rest.substr(plus + 1);
        }
    return std::string(kernelLevels()[best]);
}

}  // namespace engine
