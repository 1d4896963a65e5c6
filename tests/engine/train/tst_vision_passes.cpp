// The passes of the image encoder and of gated cross-attention: single ops and a whole vision model against
// finite differences, its logits against the family's reference code (tests/data/golden/README.md).
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/base/npy.h"
#include "engine/train/loss_head.h"
#include "engine/train/picture_rows.h"
#include "engine/train/row_passes.h"
#include "engine/train/trainable_model.h"
#include "tests/engine/train/differences.h"
#include "tests/engine/vision/read_image.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using namespace engine;
using namespace engine::train;
using traintest::differences;
using traintest::dot;
using traintest::draw;
using traintest::Values;

namespace {

const std::string kFolder = "golden/vision/";

std::unique_ptr<TrainableModel> goldenModel() {
    auto checkpoint = Checkpoint::open(testsupport::dataPath(kFolder + "meta").string());
    if (!checkpoint)
        return nullptr;
    TrainableOptions options;
    options.vision = true;
    options.bf16 = false;
    auto model = TrainableModel::create(*checkpoint, options);
    return model ? std::move(*model) : nullptr;
}

/// A case of the goldens as a row: one text that sees one picture from its image token on.
TokenRow goldenRow(const std::string& name, const ModelConfig& config) {
    std::ifstream in(testsupport::dataPath(kFolder + "golden/golden.json"));
    const auto result = nlohmann::json::parse(in).at("results").at(name);
    TokenRow row;
    for (const auto& id : result.at("tokens")) {
        row.tokens.push_back(id.get<std::int32_t>());
        if (row.tokens.back() >= config.vocabSize || !row.seeing.empty())
            row.seeing.push_back(row.size() - 1);
    }
    row.segments = {{0, row.size()}};
    const auto picture = result.at("images").front().get<std::string>();
    const auto image = testsupport::readImage(testsupport::dataPath(kFolder + "images/" + picture + ".png"));
    row.picture =
        std::make_shared<const PicturePatches>(patchesOf(*tileImage(image, *config.vision), *config.vision));
    return row;
}

/// A model's parameters in double, each with room for its gradient, and the passes over them.
class DoubleModel {
public:
    explicit DoubleModel(const TrainableModel& model) : config(model.config()) {
        for (const auto& parameter : model.parameters()) {
            values[parameter.name].assign(parameter.master.begin(), parameter.master.end());
            gradients[parameter.name].assign(parameter.size(), 0.0);
        }
        shape = model.shape();
        weights.embedding = {values["tok_embeddings.weight"].data(), {}, config.vocabSize, config.dim};
        weights.output = {values["output.weight"].data(), {}, config.vocabSize, config.dim};
        if (config.tiedEmbeddings)
            weights.output = weights.embedding;
        weights.finalNorm = values["norm.weight"].data();
        for (std::int64_t layer = 0; layer < config.nLayers; ++layer) {
            const auto prefix = "layers." + std::to_string(layer) + ".";
            BlockWeights<double> block;
            for (std::size_t i = 0; i < kBlockLinears; ++i) {
                const auto [rows, cols] = linearShape(shape, static_cast<BlockLinear>(i));
                const auto name = prefix + std::string(train::name(static_cast<BlockLinear>(i))) + ".weight";
                block.linears[i].weight = {values[name].data(), {}, rows, cols};
            }
            block.attentionNorm = values[prefix + "attention_norm.weight"].data();
            block.ffnNorm = values[prefix + "ffn_norm.weight"].data();
            weights.blocks.push_back(block);
        }
        wanted.blocks.resize(weights.blocks.size());
        wanted.vision.emplace();
        weights.vision.emplace();
        forVisionParts(config, 4, *weights.vision, BindValues{*this});
        forVisionParts(config, 4, *wanted.vision, BindGradients{*this});
    }

    /// Cross-entropy of the tokens from their left neighbours; `backward` adds the gradients.
    double loss(const TokenRow& row, bool backward, Checkpointing checkpointing = Checkpointing::none) {
        const auto table = makeRopeTable(config.rope, config.headDim, row.size());
        DecoderPasses<double> passes(shape, table, checkpointing, &config);
        const auto hidden = passes.forward(weights, row);
        std::vector<std::int32_t> targets;
        for (std::int64_t t = 0; t < row.size(); ++t)
            targets.push_back(static_cast<std::int32_t>((t * 37 + 5) % config.vocabSize));
        const std::vector<double> factors(targets.size(), 1.0);
        std::vector<double> dHidden(backward ? hidden.size() : 0);
        const auto sums = lossOfRows<double>({weights.output, false}, hidden, {targets, factors, nullptr},
                                             dHidden, nullptr);
        if (backward)
            passes.backward(weights, row, dHidden, wanted);
        return sums.loss;
    }

    const ModelConfig& config;
    BlockShape shape;
    std::map<std::string, Values> values, gradients;
    DecoderWeights<double> weights;
    DecoderGradients<double> wanted;

private:
    struct BindValues {
        DoubleModel& model;
        void vector(const std::string& name, const std::vector<std::int64_t>&, const double*& part) {
            part = model.values.at(name).data();
        }
        void linear(const std::string& prefix, std::int64_t rows, std::int64_t cols, bool bias,
                    LinearWeights<double>& part) {
            part.weight = {model.values.at(prefix + ".weight").data(), {}, rows, cols};
            part.bias = bias ? model.values.at(prefix + ".bias").data() : nullptr;
        }
    };
    struct BindGradients {
        DoubleModel& model;
        void vector(const std::string& name, const std::vector<std::int64_t>&, double*& part) {
            part = model.gradients.at(name).data();
        }
        void linear(const std::string& prefix, std::int64_t, std::int64_t, bool bias,
                    LinearGradients<double>& part) {
            part.weight = model.gradients.at(prefix + ".weight").data();
            part.bias = bias ? model.gradients.at(prefix + ".bias").data() : nullptr;
        }
    };
};

}  // namespace

class TestVisionPasses : public QObject {
    Q_OBJECT
private slots:
    void layerNorm();
    void gelu();
    void fullAttention();
    void logitsMatchTheReference_data();
    void logitsMatchTheReference();
    void gradientsMatchDifferences_data();
    void gradientsMatchDifferences();
    void withoutPictureNothingChanges();
};

void TestVisionPasses::layerNorm() {
    constexpr std::int64_t rows = 3, dim = 7;
    auto x = draw(rows * dim, 1), weight = draw(dim, 2), bias = draw(dim, 3);
    const auto dy = draw(rows * dim, 4);
    Values y(rows * dim), mean(rows), inverse(rows), dx(rows * dim), dWeight(dim), dBias(dim);
    const auto loss = [&] {
        layerNormForward(x.data(), weight.data(), bias.data(), 1e-5, rows, dim, y.data(), mean.data(),
                         inverse.data());
        return dot(y, dy);
    };
    loss();
    layerNormBackward(x.data(), weight.data(), mean.data(), inverse.data(), dy.data(), rows, dim, dx.data(),
                      dWeight.data(), dBias.data());
    COMPARE_VALUES(dx, differences(x, loss));
    COMPARE_VALUES(dWeight, differences(weight, loss));
    COMPARE_VALUES(dBias, differences(bias, loss));
}

void TestVisionPasses::gelu() {
    auto x = draw(50, 5);
    for (double& value : x)
        value *= 4;
    const auto dy = draw(50, 6);
    Values y(50), dx(50);
    geluBackward(x.data(), dy.data(), 50, dx.data());
    COMPARE_VALUES(dx, differences(x, [&] {
                       geluForward(x.data(), 50, y.data());
                       return dot(y, dy);
                   }));
}

void TestVisionPasses::fullAttention() {
    const AttentionShape shape{4, 2, 3};
    const SeenKeys groups[] = {{0, 3, 7}, {3, 2, 4}};
    auto q = draw(5 * 12, 7), k = draw(7 * 6, 8), v = draw(7 * 6, 9);
    const auto dContext = draw(5 * 12, 10);
    Values probabilities(static_cast<std::size_t>(probabilityCount(groups, 4)));
    QCOMPARE(probabilities.size(), std::size_t(4 * (3 * 7 + 2 * 4)));
    Values context(q.size()), dq(q.size()), dk(k.size()), dv(v.size()), scratch;
    const auto loss = [&] {
        fullAttentionForward<double>(shape, groups, q.data(), k.data(), v.data(), probabilities.data(),
                                     context.data());
        return dot(context, dContext);
    };
    loss();
    fullAttentionBackward<double>(shape, groups, q.data(), k.data(), v.data(), probabilities.data(),
                                  dContext.data(), dq.data(), dk.data(), dv.data(), scratch);
    COMPARE_VALUES(dq, differences(q, loss));
    COMPARE_VALUES(dk, differences(k, loss));
    COMPARE_VALUES(dv, differences(v, loss));
}

void TestVisionPasses::logitsMatchTheReference_data() {
    QTest::addColumn<std::string>("golden");
    for (const char* golden : {"wide_first", "square_middle", "one_tile_resized"})
        QTest::newRow(golden) << std::string(golden);
}

void TestVisionPasses::logitsMatchTheReference() {
    QFETCH(std::string, golden);
    const auto model = goldenModel();
    QVERIFY(model);
    const auto& config = model->config();
    const auto row = goldenRow(golden, config);
    const auto table = makeRopeTable(config.rope, config.headDim, row.size());
    DecoderPasses<float> passes(model->shape(), table, Checkpointing::none, &config);
    const auto hidden = passes.forward(model->weights(), row);
    std::vector<float> logits(static_cast<std::size_t>(row.size() * config.vocabSize));
    MatrixProduct<float>{row.size(), config.vocabSize,          config.dim, hidden.data(),
                         config.dim, model->head().weight.data, config.dim, Transposed::second}
        .writeTo(logits.data(), config.vocabSize, false);
    const auto expected = readNpy(testsupport::dataPath(kFolder + "golden/logits_" + golden + ".npy"));
    QVERIFY2(expected, expected ? "" : expected.error().message.c_str());
    COMPARE_TENSORS(logits, expected->data, 2e-4);
}

void TestVisionPasses::gradientsMatchDifferences_data() {
    QTest::addColumn<std::string>("golden");
    QTest::addColumn<bool>("recompute");
    // Two tiles of four, and one: absent tiles and padding take part.
    QTest::newRow("two tiles") << std::string("wide_first") << false;
    QTest::newRow("blocks computed again") << std::string("square_middle") << true;
}

void TestVisionPasses::gradientsMatchDifferences() {
    QFETCH(std::string, golden);
    QFETCH(bool, recompute);
    const auto model = goldenModel();
    QVERIFY(model);
    DoubleModel doubles(*model);
    const auto row = goldenRow(golden, model->config());
    doubles.loss(row, true, recompute ? Checkpointing::blocks : Checkpointing::none);
    std::mt19937 pick(11);
    for (auto& [name, values] : doubles.values) {
        if (!isVisionTensor(name))
            continue;
        double largest = 0.0;
        for (int sample = 0; sample < 3; ++sample) {
            // The largest gradient and two others of every tensor.
            const auto& gradient = doubles.gradients[name];
            const auto most = std::max_element(gradient.begin(), gradient.end(),
                                               [](double a, double b) { return std::abs(a) < std::abs(b); });
            const auto i =
                sample == 0 ? static_cast<std::size_t>(most - gradient.begin()) : pick() % values.size();
            largest = std::max(largest, std::abs(gradient[i]));
            constexpr double kStep = 1e-5;
            const double before = values[i];
            values[i] = before + kStep;
            const double above = doubles.loss(row, false);
            values[i] = before - kStep;
            const double expected = (above - doubles.loss(row, false)) / (2 * kStep);
            values[i] = before;
            QVERIFY2(std::abs(gradient[i] - expected) <= 1e-6 * (1.0 + std::abs(expected)),
                     qPrintable(QString("%1[%2]: %3, expected %4")
                                    .arg(name.c_str())
                                    .arg(i)
                                    .arg(gradient[i])
                                    .arg(expected)));
        }
        QVERIFY2(largest > 0.0, name.c_str());
    }
}

// The promise to whoever uses a text model with eyes: a row without a picture passes none of them.
void TestVisionPasses::withoutPictureNothingChanges() {
    const auto model = goldenModel();
    QVERIFY(model);
    const auto& config = model->config();
    const TokenRow row{{256, 5, 17, 80, 3}, {{0, 5}}};
    const auto table = makeRopeTable(config.rope, config.headDim, row.size());
    DecoderPasses<float> seeing(model->shape(), table, Checkpointing::none, &config);
    DecoderPasses<float> blind(model->shape(), table, Checkpointing::none);
    const auto with = seeing.forward(model->weights(), row);
    auto weights = model->weights();
    weights.vision.reset();
    const auto without = blind.forward(weights, row);
    QVERIFY(std::equal(with.begin(), with.end(), without.begin(), without.end()));
}

QTEST_APPLESS_MAIN(TestVisionPasses)
#include "tst_vision_passes.moc"
