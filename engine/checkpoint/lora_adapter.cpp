#include "engine/checkpoint/lora_adapter.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/huggingface_names.h"
#include "engine/checkpoint/lora_config.h"
#include "engine/checkpoint/safetensors_reader.h"
#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostRank = 4096;

/// The adapter of one linear as the file has it.
struct ModuleAdapter {
    std::string module;         // "model.layers.0.self_attn.q_proj"
    const Tensor* a = nullptr;  // [rank, in]
    const Tensor* b = nullptr;  // [out, rank]

    std::int64_t rank() const { return a->shape[0]; }
};

/// The adapted model, what it was made of, and the numbers that lie in no file.
struct Adapted {
    Checkpoint checkpoint;
    std::shared_ptr<const Checkpoint> base;
    std::vector<std::vector<float>> numbers;
};

bool isFloat(DType type) {
    return type == DType::f32 || type == DType::f16 || type == DType::bf16;
}

/// Row r of a q or k matrix whose pairs are adjacent is this row of one whose pairs are halves apart.
std::int64_t rowInHalves(std::int64_t r, std::int64_t headDim) {
    const auto head = r / headDim * headDim;
    const auto i = r % headDim;
    return head + (i % 2 == 0 ? i / 2 : headDim / 2 + i / 2);
}

class AdapterReader {
public:
    AdapterReader(const Checkpoint& model, const fs::path& folder)
        : model_(model), file_(folder / "adapter_model.safetensors") {}

    /// By the linear's name of Meta's, without .weight.
    Result<std::map<std::string, ModuleAdapter>> read(const PeftConfig& config) {
        auto file = MappedFile::open(file_);
        if (!file)
            return file.error();
        mapping_ = std::move(*file);
        auto tensors = readSafetensors(*mapping_);
        if (!tensors)
            return tensors.error();
        tensors_ = std::move(*tensors);
        for (const auto& [name, tensor] : tensors_)
            if (auto ok = take(name, tensor, config); !ok)
                return ok.error();
        if (adapters_.empty())
            return error(ErrorCode::corrupt, "holds no lora_A and lora_B tensors");
        for (const auto& [linear, adapter] : adapters_)
            if (auto ok = checkPair(linear, adapter, config); !ok)
                return ok.error();
        return adapters_;
    }

private:
    Error error(ErrorCode code, const std::string& what) const {
        return {code, file_.string() + ": " + what};
    }

    static std::string shown(const std::string& name) {
        return isPlainName(name) ? name : "with a name that cannot be shown";
    }

    Result<void> take(const std::string& name, const Tensor& tensor, const PeftConfig& config) {
        constexpr std::string_view kPrefix = "base_model.model.";
        const auto at = name.find(".lora_");
        const auto part =
            at == std::string::npos ? std::string_view() : std::string_view(name).substr(at + 6);
        // Adapters saved by hand have the adapter's name in them.
        const bool a = part == "A.weight" || part == "A.default.weight";
        const bool b = part == "B.weight" || part == "B.default.weight";
        if (!name.starts_with(kPrefix) || (!a && !b))
            return error(ErrorCode::unsupported,
                         "tensor " + shown(name) + " is none of base_model.model.….lora_A.weight or lora_B");
        const auto module = name.substr(kPrefix.size(), at - kPrefix.size());
        const auto linear = linearOf(module);
        if (linear.empty())
            return error(ErrorCode::unsupported,
                         "tensor " + shown(name) +
                             " adapts a module that is not one of this model's decoder "
                             "linears (q, k, v, o, gate, up, down)");
        if (!config.targets(module))
            return error(ErrorCode::corrupt,
                         "tensor " + shown(name) + " is of a module that target_modules does not name");
        if (!isFloat(tensor.type) || tensor.shape.size() != 2)
            return error(ErrorCode::corrupt,
                         "tensor " + shown(name) + " is no floating-point matrix of two dims");
        auto& adapter = adapters_[linear];
        adapter.module = module;
        auto& target = a ? adapter.a : adapter.b;
        if (target != nullptr)
            return error(ErrorCode::corrupt, "tensor " + shown(name) + " is there twice");
        target = &tensor;
        return {};
    }

    /// Meta's name without .weight; empty where the model has no such linear in its decoder blocks.
    std::string linearOf(const std::string& module) const {
        const auto named = underMetaNames({{module + ".weight", Tensor{}}}, model_.config);
        if (named.size() != 1 || !named.begin()->first.starts_with("layers."))
            return {};
        const auto& weight = named.begin()->first;
        const auto* found = model_.find(weight);
        return found == nullptr || found->shape.size() != 2 ? std::string()
                                                            : weight.substr(0, weight.rfind('.'));
    }

    Result<void> checkPair(const std::string& linear, const ModuleAdapter& adapter,
                           const PeftConfig& config) {
        if (adapter.a == nullptr || adapter.b == nullptr)
            return error(ErrorCode::corrupt, adapter.module + " has only one of lora_A and lora_B");
        const auto& weight = model_.find(linear + ".weight")->shape;
        const auto rank = adapter.rank();
        if (rank < 1 || rank > kMostRank || (!config.ranksDiffer && rank != config.rank))
            return error(ErrorCode::corrupt, adapter.module + ".lora_A has rank " + std::to_string(rank) +
                                                 ", adapter_config.json says " + std::to_string(config.rank));
        const std::vector<std::int64_t> a{rank, weight[1]};
        const std::vector<std::int64_t> b{weight[0], rank};
        if (adapter.a->shape != a || adapter.b->shape != b)
            return error(ErrorCode::corrupt,
                         adapter.module + " does not fit the model's weight of " + std::to_string(weight[0]) +
                             " x " + std::to_string(weight[1]) + "; is it an adapter of another model?");
        for (const auto* tensor : {adapter.a, adapter.b})
            for (const float value : toFloats(*tensor))
                if (!std::isfinite(value))
                    return error(ErrorCode::corrupt, adapter.module + " holds numbers that are not finite");
        return {};
    }

    const Checkpoint& model_;
    fs::path file_;
    std::shared_ptr<const MappedFile> mapping_;
    TensorMap tensors_;
    std::map<std::string, ModuleAdapter> adapters_;
};

/// Low-rank factors of one linear, filled up to a rank: a [rank, in], b [out, rank].
class Factors {
public:
    Factors(std::int64_t rank, std::int64_t out, std::int64_t in)
        : rank_(rank),
          out_(out),
          in_(in),
          a_(static_cast<std::size_t>(rank * in)),
          b_(static_cast<std::size_t>(out * rank)) {}

    /// Adds scale * b * a behind what is there; row r of `b` is row rowOf(r) of the file's.
    template <class RowOf>
    void add(const Tensor& a, const Tensor& b, float scale, const RowOf& rowOf) {
        const auto rank = a.shape[0];
        const auto aFrom = toFloats(a);
        const auto bFrom = toFloats(b);
        std::copy(aFrom.begin(), aFrom.end(), a_.begin() + used_ * in_);
        for (std::int64_t r = 0; r < out_; ++r)
            for (std::int64_t i = 0; i < rank; ++i)
                b_[static_cast<std::size_t>(r * rank_ + used_ + i)] =
                    scale * bFrom[static_cast<std::size_t>(rowOf(r) * rank + i)];
        used_ += rank;
    }
    std::vector<float> takeA() { return std::move(a_); }
    std::vector<float> takeB() { return std::move(b_); }

private:
    std::int64_t rank_;
    std::int64_t out_;
    std::int64_t in_;
    std::int64_t used_ = 0;
    std::vector<float> a_;
    std::vector<float> b_;
};

void put(Adapted& adapted, const std::string& name, std::vector<float> values, std::int64_t rows,
         std::int64_t cols) {
    adapted.numbers.push_back(std::move(values));
    Tensor tensor;
    tensor.type = DType::f32;
    tensor.shape = {rows, cols};
    tensor.strides = {cols, 1};
    tensor.data = reinterpret_cast<const std::byte*>(adapted.numbers.back().data());
    adapted.checkpoint.tensors[name] = std::move(tensor);
}

/// Every linear that has an adapter in the model or in the file, with both.
void layOver(Adapted& adapted, const std::map<std::string, ModuleAdapter>& adapters,
             const PeftConfig& config) {
    constexpr std::string_view kOwn = ".adaptor.A.weight";
    auto& model = adapted.checkpoint;
    const auto& base = *adapted.base;
    std::int64_t most = 0;
    for (const auto& [linear, adapter] : adapters)
        most = std::max(most, adapter.rank());
    const std::int64_t own = base.config.lora ? base.config.lora->rank : 0;
    const auto rank = own + most;
    std::vector<std::string> linears;
    for (const auto& [name, tensor] : base.tensors)
        if (name.ends_with(".weight") && name.starts_with("layers.") &&
            (adapters.contains(name.substr(0, name.size() - 7)) ||
             base.find(name.substr(0, name.size() - 7) + std::string(kOwn)) != nullptr))
            linears.push_back(name.substr(0, name.size() - 7));
    const bool adjacent = base.config.rope.pairs == RopePairs::adjacent;
    for (const auto& linear : linears) {
        const auto& shape = base.find(linear + ".weight")->shape;
        Factors factors(rank, shape[0], shape[1]);
        if (const auto* a = base.find(linear + std::string(kOwn)))
            factors.add(*a, *base.find(linear + ".adaptor.B.weight"), base.config.lora->scale,
                        [](std::int64_t r) { return r; });
        if (const auto found = adapters.find(linear); found != adapters.end()) {
            const auto& adapter = found->second;
            const bool moved =
                adjacent && (linear.ends_with("attention.wq") || linear.ends_with("attention.wk"));
            factors.add(*adapter.a, *adapter.b,
                        static_cast<float>(config.scaleOf(adapter.module, adapter.rank())),
                        [&](std::int64_t r) { return moved ? rowInHalves(r, base.config.headDim) : r; });
        }
        put(adapted, linear + std::string(kOwn), factors.takeA(), rank, shape[1]);
        put(adapted, linear + ".adaptor.B.weight", factors.takeB(), shape[0], rank);
    }
    model.config.lora = LoraConfig{rank, 1.0F};
}

}  // namespace

Result<std::shared_ptr<const Checkpoint>> withLoraAdapter(std::shared_ptr<const Checkpoint> model,
                                                          const fs::path& folder) {
    const auto config = readPeftConfig(folder / "adapter_config.json");
    if (!config)
        return config.error().in("adapter");
    if (model->config.hadamardFfn)
        return Error{ErrorCode::unsupported,
                     "adapter " + folder.string() + ": the weights of " + model->path.string() +
                         " are rotated (SpinQuant), and adapters are not; take a variant without rotation"};
    AdapterReader reader(*model, folder);
    const auto adapters = reader.read(*config);
    if (!adapters)
        return adapters.error().in("adapter");
    auto adapted = std::make_shared<Adapted>();
    adapted->checkpoint = *model;
    adapted->base = std::move(model);
    layOver(*adapted, *adapters, *config);
    auto& facts = adapted->checkpoint.config;
    facts.variant += "+adapter";
    facts.notes.push_back("adapter " + folder.string() + " of rank " + std::to_string(facts.lora->rank));
    return std::shared_ptr<const Checkpoint>(adapted, &adapted->checkpoint);
}

}  // namespace engine
