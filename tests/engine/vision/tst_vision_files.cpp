// Other files of the vision model: split over several processes, and with a quantized language part.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/pth_reader.h"
#include "engine/checkpoint/pth_writer.h"
#include "engine/generate/image_context.h"
#include "engine/generate/local_model.h"
#include "tests/engine/vision/read_image.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using namespace engine;

namespace {

const std::string kMeta = "golden/vision/meta/";
constexpr std::int64_t kGroup = 32;

struct FileTensor {
    DType type = DType::bf16;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
};
using FileTensors = std::map<std::string, FileTensor>;

/// The tensors of the golden model under the names of its file.
FileTensors goldenTensors() {
    const auto file = MappedFile::open(testsupport::dataPath(kMeta + "consolidated.00.pth"));
    const auto tensors = readPth(**file);
    FileTensors result;
    for (const auto& [name, tensor] : *tensors) {
        if (!tensor.contiguous())
            qFatal("%s is not contiguous", name.c_str());
        result[name] = {tensor.type, tensor.shape, {tensor.data, tensor.data + tensor.bytes()}};
    }
    return result;
}

void write(const std::filesystem::path& path, const FileTensors& tensors) {
    std::vector<NamedTensor> named;
    std::vector<const FileTensor*> order;
    for (const auto& [name, tensor] : tensors) {
        named.push_back({name, tensor.type, tensor.shape, {}});
        order.push_back(&tensor);
    }
    const auto done =
        writePth(path, named, [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
            std::memcpy(bytes.data(), order[index]->bytes.data() + offset, bytes.size());
        });
    if (!done)
        qFatal("%s", done.error().message.c_str());
}

/// Rows [begin, end) of the first axis, or columns of the last.
FileTensor part(const FileTensor& whole, bool rows, std::int64_t index, std::int64_t count) {
    FileTensor result = whole;
    auto& extent = rows ? result.shape.front() : result.shape.back();
    extent /= count;
    result.bytes.clear();
    const auto outer = rows ? 1 : whole.shape.front();
    const auto stride = whole.bytes.size() / static_cast<std::size_t>(outer);
    const auto length = stride / static_cast<std::size_t>(count);
    for (std::int64_t at = 0; at < outer; ++at) {
        const auto* begin = whole.bytes.data() + static_cast<std::size_t>(at) * stride +
                            static_cast<std::size_t>(index) * length;
        result.bytes.insert(result.bytes.end(), begin, begin + length);
    }
    return result;
}

/// How llama-models builds the layer: ColumnParallelLinear and VocabParallelEmbedding keep rows of the
/// weight, RowParallelLinear columns; biases of rows go with them, those of columns are whole everywhere.
enum class Parallel { none, rows, columns };
Parallel parallelOf(const std::string& name) {
    const auto in = [&](std::initializer_list<const char*> parts) {
        return std::any_of(parts.begin(), parts.end(), [&](const char* end) { return name.ends_with(end); });
    };
    if (in({".wo.weight", ".w2.weight", ".c_proj.weight"}))
        return Parallel::columns;
    if (in({".wq.weight", ".wk.weight", ".wv.weight", ".w1.weight", ".w3.weight", "output.weight",
            ".c_fc.weight", ".c_fc.bias", "conv1._linear.weight", "vision_projection.weight",
            "vision_projection.bias", "tok_embeddings.weight", "learnable_embedding.weight"}))
        return Parallel::rows;
    return Parallel::none;
}

bool isQuantizedLinear(const std::string& name) {
    return name.starts_with("text_model.layers.") && name.ends_with(".weight") &&
           name.find("norm") == std::string::npos;
}

std::vector<float> floatsOf(const FileTensor& tensor) {
    Tensor view;
    view.type = tensor.type;
    view.shape = tensor.shape;
    view.strides = *rowMajorStrides(tensor.shape);
    view.data = tensor.bytes.data();
    return toFloats(view);
}

template <class T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    const auto* begin = reinterpret_cast<const std::byte*>(values.data());
    return {begin, begin + values.size() * sizeof(T)};
}

/// The linears of the language model in the family's 4 bit, groups of 32 along the inputs, and the same
/// numbers as floats.
void quantize(FileTensors& codes, FileTensors& floats) {
    for (const auto& [name, tensor] : goldenTensors()) {
        codes[name] = floats[name] = tensor;
        if (!isQuantizedLinear(name))
            continue;
        const auto values = floatsOf(tensor);
        std::vector<std::int8_t> integers;
        std::vector<float> scales;
        std::vector<float> rounded;
        for (std::size_t begin = 0; begin < values.size(); begin += kGroup) {
            const std::span group(values.data() + begin, std::size_t{kGroup});
            float most = 0.0F;
            for (const float value : group)
                most = std::max(most, std::abs(value));
            const float scale = most > 0.0F ? most / 7.0F : 1.0F;
            scales.push_back(scale);
            for (const float value : group) {
                const float code = std::clamp(std::round(value / scale), -8.0F, 7.0F);
                integers.push_back(static_cast<std::int8_t>(code));
                rounded.push_back(code * scale);
            }
        }
        codes[name] = {DType::i8, tensor.shape, bytesOf(integers)};
        codes[name.substr(0, name.size() - 6) + "scales"] = {
            DType::f32, {tensor.shape[0], tensor.shape[1] / kGroup}, bytesOf(scales)};
        floats[name] = {DType::f32, tensor.shape, bytesOf(rounded)};
    }
}

std::unique_ptr<LocalModel> load(const std::string& model, bool weightOnly = false) {
    LoadRequest request;
    request.model = model;
    request.threads = 2;
    request.kv = "f32";
    request.activations = "f32";
    request.weightOnly = weightOnly;
    auto loaded = LocalModel::load(request);
    if (!loaded)
        qFatal("%s", loaded.error().message.c_str());
    return std::move(*loaded);
}

/// Logits of a prompt that shows two images.
std::vector<float> logitsOf(LocalModel& model) {
    SharedImages images;
    for (const char* name : {"wide", "tall"})
        images.push_back(std::make_shared<const RgbImage>(testsupport::readImage(
            testsupport::dataPath(std::string("golden/vision/images/") + name + ".png"))));
    const auto tiled = tileImages(images, model.model().config());
    std::vector<TokenId> tokens;
    for (const int id : {256, 512, 72, 105, 512, 63, 64, 65})
        tokens.push_back(TokenId{id});
    model.session().rewind(0);
    std::vector<float> rows;
    const auto shown = showMissing(model.session(), *tiled, {});
    const auto done = model.session().forwardAll(tokens, [&](std::int64_t, std::span<const float> logits) {
        rows.insert(rows.end(), logits.begin(), logits.end());
    });
    if (!shown || !done)
        qFatal("no logits");
    return rows;
}

}  // namespace

class TestVisionFiles : public QObject {
    Q_OBJECT
private slots:
    void shardsAreJoined_data();
    void shardsAreJoined();
    void aShardThatIsMissingAPartIsRefused();
    void theLanguagePartMayBeQuantized();

private:
    std::filesystem::path folder(const char* name) const;
    QTemporaryDir folder_;
};

std::filesystem::path TestVisionFiles::folder(const char* name) const {
    const auto path = std::filesystem::path(folder_.path().toStdString()) / name;
    std::filesystem::create_directories(path);
    for (const char* file : {"params.json", "tokenizer.model"})
        std::filesystem::copy_file(testsupport::dataPath(kMeta + file), path / file,
                                   std::filesystem::copy_options::overwrite_existing);
    return path;
}

void TestVisionFiles::shardsAreJoined_data() {
    QTest::addColumn<int>("count");
    QTest::newRow("two") << 2;  // the model has two heads for keys and values
}

void TestVisionFiles::shardsAreJoined() {
    QFETCH(int, count);
    const auto path = folder("sharded");
    const auto whole = goldenTensors();
    for (int shard = 0; shard < count; ++shard) {
        FileTensors tensors;
        for (const auto& [name, tensor] : whole) {
            const auto parallel = parallelOf(name);
            tensors[name] =
                parallel == Parallel::none ? tensor : part(tensor, parallel == Parallel::rows, shard, count);
        }
        write(path / ("consolidated.0" + std::to_string(shard) + ".pth"), tensors);
    }
    const auto joined = load(path.string());
    QCOMPARE(joined->model().checkpoint().files.size(), static_cast<std::size_t>(count));
    const auto single = load(testsupport::dataPath(kMeta).string());
    QCOMPARE(logitsOf(*joined), logitsOf(*single));  // bit for bit
}

void TestVisionFiles::aShardThatIsMissingAPartIsRefused() {
    const auto path = folder("damaged");
    auto tensors = goldenTensors();
    write(path / "consolidated.00.pth", tensors);
    tensors.erase("vision_model.vision_projection.weight");
    write(path / "consolidated.01.pth", tensors);
    const auto opened = Checkpoint::open(path.string());
    QVERIFY(!opened);
    QVERIFY2(opened.error().message.find("vision_projection") != std::string::npos,
             opened.error().message.c_str());
}

void TestVisionFiles::theLanguagePartMayBeQuantized() {
    FileTensors codes;
    FileTensors floats;
    quantize(codes, floats);
    QVERIFY(codes.size() > floats.size());
    const auto quantized = folder("quantized");
    std::ifstream in(quantized / "params.json");
    auto params = nlohmann::json::parse(in);
    params["quantization_args"] = {{"scheme", "int4_weight_int8_dynamic_activation"}, {"group_size", kGroup}};
    std::ofstream(quantized / "params.json") << params.dump();
    write(quantized / "consolidated.00.pth", codes);
    const auto plain = folder("floats");
    write(plain / "consolidated.00.pth", floats);

    const auto model = load(quantized.string(), true);
    QCOMPARE(model->model().checkpoint().schemeOf("layers.0.attention.wq.weight"), std::string("int4_g32"));
    QCOMPARE(model->model().checkpoint().schemeOf("vision_model.vision_projection.weight"),
             std::string("bf16"));
    // Float activations on the same numbers, then the family's 8-bit activations.
    const auto expected = logitsOf(*load(plain.string()));
    COMPARE_TENSORS(logitsOf(*model), expected, 2e-3);
    const auto fast = logitsOf(*load(quantized.string()));
    QVERIFY(fast != expected);
    QVERIFY2(testsupport::meanDifference(fast, expected) < 0.05,
             qPrintable(QString::number(testsupport::meanDifference(fast, expected))));
}

QTEST_APPLESS_MAIN(TestVisionFiles)
#include "tst_vision_files.moc"
