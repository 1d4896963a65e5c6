#include "engine/demo/sight_graft.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/json_file.h"
#include "engine/checkpoint/pth_writer.h"
#include "engine/demo/basis_change.h"
#include "engine/train/vision_parts.h"
#include "engine/train/written_tensors.h"

namespace engine::demo {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMostJson = std::size_t{1} << 20;

/// The tensor's bytes in row-major order.
Result<std::vector<std::byte>> bytesOf(const std::string& name, const Tensor& tensor) {
    if (itemSize(tensor.type) == 0 || !tensor.contiguous())
        return Error{ErrorCode::unsupported, "tensor " + name +
                                                 " lies in blocks, codes or strides, which are not copied; "
                                                 "take the model in Meta's layout"};
    return std::vector<std::byte>(tensor.data, tensor.data + tensor.bytes());
}

/// Everything of the text model, under the prefix that it has in vision checkpoints.
Result<void> addText(const Checkpoint& text, train::WrittenTensors& out) {
    for (const auto& [name, tensor] : text.tensors) {
        if (isVisionTensor(name))
            continue;
        auto bytes = bytesOf(name, tensor);
        if (!bytes)
            return bytes.error();
        if (name == "tok_embeddings.weight" && text.find("output.weight") == nullptr) {
            const auto table = out.tensors().size();
            out.add({"text_model." + name, tensor.type, tensor.shape, {}},
                    [bytes = std::move(*bytes)] { return bytes; });
            out.add({"text_model.output.weight", tensor.type, tensor.shape, table}, {});
            continue;
        }
        out.add({"text_model." + name, tensor.type, tensor.shape, {}},
                [bytes = std::move(*bytes)] { return bytes; });
    }
    return {};
}

/// Adds vision tensors as forVisionParts names them.
struct AddVision {
    train::WrittenTensors& out;
    const VisionValues& values;

    void add(const std::string& name, const std::vector<std::int64_t>& shape) {
        out.addBf16((name.starts_with("vision_model.") ? "" : "text_model.") + name, shape,
                    [this, name, shape] { return values(name, shape); });
    }
    void vector(const std::string& name, const std::vector<std::int64_t>& shape, const float*&) {
        add(name, shape);
    }
    void linear(const std::string& prefix, std::int64_t rows, std::int64_t cols, bool bias,
                train::LinearWeights<float>&) {
        add(prefix + ".weight", {rows, cols});
        if (bias)
            add(prefix + ".bias", {rows});
    }
};

fs::path folderOf(const Checkpoint& checkpoint) {
    std::error_code ignored;
    return fs::is_directory(checkpoint.path, ignored) ? checkpoint.path : checkpoint.path.parent_path();
}

Result<Json> paramsOf(const Checkpoint& text, const VisionConfig& vision) {
    auto params = readJsonFile(folderOf(text) / "params.json", kMostJson);
    if (!params)
        return params.error();
    (*params)["vision_chunk_size"] = vision.tileSize;
    (*params)["vision_max_num_chunks"] = vision.maxTiles;
    (*params)["vision_num_cross_attention_layers"] = vision.nCrossLayers();
    (*params)["vision_encoder"] = {{"width", vision.width},
                                   {"layers", vision.nLayers},
                                   {"global_layers", vision.nGlobalLayers},
                                   {"heads", vision.nHeads},
                                   {"patch_size", vision.patchSize},
                                   {"intermediate_layers", vision.intermediateLayers}};
    return *params;
}

/// What the eyes of one variant become in another.
class Lending {
public:
    Lending(const Checkpoint& seeing, std::vector<double> basis)
        : seeing_(seeing), basis_(std::move(basis)) {}

    std::vector<float> operator()(const std::string& name, const std::vector<std::int64_t>& shape) const {
        const auto values = toFloats(*seeing_.find(name));
        if (basis_.empty())
            return values;
        const auto dim = seeing_.config.dim;
        if (name == "learnable_embedding.weight")
            return timesBasis(values, shape[0], dim, basis_);
        if (!name.starts_with("cross_attention_layers."))
            return values;
        const auto block = name.substr(0, name.find('.', name.find('.') + 1) + 1);
        if (name.ends_with("attention_norm.weight") || name.ends_with("ffn_norm.weight"))
            return std::vector<float>(values.size(), 1.0F);
        if (name.ends_with("attention.wq.weight"))
            return timesBasis(folded(values, block + "attention_norm.weight"), shape[0], dim, basis_);
        if (name.ends_with("feed_forward.w1.weight") || name.ends_with("feed_forward.w3.weight"))
            return timesBasis(folded(values, block + "ffn_norm.weight"), shape[0], dim, basis_);
        if (name.ends_with("attention.wo.weight") || name.ends_with("feed_forward.w2.weight"))
            return transposedBasisTimes(values, shape[1], dim, basis_);
        return values;
    }

private:
    /// Columns times the norm's weights, which a rotation does not pass.
    std::vector<float> folded(std::vector<float> values, const std::string& norm) const {
        const auto weights = toFloats(*seeing_.find(norm));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] *= weights[i % weights.size()];
        return values;
    }

    const Checkpoint& seeing_;
    std::vector<double> basis_;  // [dim, dim]: x of the variant = x of the model * basis; empty where same
};

}  // namespace

Result<void> writeSeeing(const Checkpoint& text, const VisionConfig& vision, const VisionValues& values,
                         const fs::path& folder) {
    if (text.format != "meta" || text.tokenizerFile.empty())
        return Error{ErrorCode::unsupported,
                     text.path.string() + " is not a model with its tokenizer in Meta's layout"};
    auto params = paramsOf(text, vision);
    if (!params)
        return params.error();
    train::WrittenTensors tensors;
    if (auto ok = addText(text, tensors); !ok)
        return ok.error().in(text.path.string());
    auto config = text.config;
    config.vision = vision;
    train::VisionWeights<float> parts;
    AddVision add{tensors, values};
    train::forVisionParts(config, vision.maxTiles, parts, add);
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (!failure)
        fs::copy_file(text.tokenizerFile, folder / text.tokenizerFile.filename(),
                      fs::copy_options::overwrite_existing, failure);
    std::ofstream file(folder / "params.json", std::ios::binary);
    file << params->dump(1) << '\n';
    file.close();
    if (failure || !file)
        return Error{ErrorCode::io,
                     folder.string() + " cannot be written; is there room, and may you write there?"};
    return writePth(folder / "consolidated.00.pth", tensors.tensors(), tensors.fill());
}

Result<void> lendSight(const std::string& seeing, const std::string& variant, const fs::path& folder) {
    auto from = Checkpoint::open(seeing);
    if (!from)
        return from.error();
    auto to = Checkpoint::open(variant);
    if (!to)
        return to.error();
    const auto& a = (*from)->config;
    const auto& b = (*to)->config;
    if (!a.vision || (*from)->format != "meta" || a.dim != b.dim || a.nLayers != b.nLayers ||
        a.nHeads != b.nHeads || a.nKvHeads != b.nKvHeads || a.hiddenDim != b.hiddenDim ||
        a.vocabSize != b.vocabSize)
        return Error{ErrorCode::invalidInput,
                     variant + " is not a variant of the model whose eyes " + seeing + " has"};
    std::vector<double> basis;
    if (b.hadamardFfn) {
        auto found = basisBetween(**from, **to);
        if (!found)
            return found.error();
        basis = std::move(*found);
    }
    return writeSeeing(**to, *a.vision, Lending(**from, std::move(basis)), folder);
}

}  // namespace engine::demo
