// Whole models against the logits that the family's reference code computed (tests/data/golden/README.md),
// once per kernel level: the whole sequence at once, token by token, and half prefilled.
#include <QTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/npy.h"
#include "engine/generate/local_model.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using namespace engine;

namespace {

enum class Feeding { whole, tokenByToken, half };

/// One golden file and what to allow.
struct Golden {
    const char* folder;  // of tests/data/golden
    const char* model;   // within it
    const char* sequence;
    const char* suffix;  // of logits_<sequence><suffix>.npy
    const char* output;  // arithmetic of a quantized output head
    bool weightOnly;
    double tolerance;
    double meanTolerance;  // 0 = none
};

// Tolerances: tests/data/golden/README.md, "suggested max".
constexpr Golden kGoldens[] = {
    {"text-bf16", "meta", "seq1", "", "int8", false, 1e-4, 0},
    {"text-bf16", "meta", "seq2", "", "int8", false, 1e-4, 0},
    {"text-bf16", "meta", "seq3", "", "int8", false, 1e-4, 0},
    {"text-bf16", "hf", "seq3", "", "int8", false, 1e-4, 0},
    {"text-bf16", "hf-sharded", "seq3", "", "int8", false, 1e-4, 0},
    {"text-bf16", "gguf/model-bf16.gguf", "seq3", "", "int8", false, 1e-4, 0},
    {"text-bf16", "gguf/model-q8_0.gguf", "seq1", "_gguf_q8_0", "int8", false, 1e-4, 0},
    {"text-bf16", "gguf/model-q8_0.gguf", "seq3", "_gguf_q8_0", "int8", false, 1e-4, 0},
    {"text-bf16", "gguf/model-q4_0.gguf", "seq2", "_gguf_q4_0", "int8", false, 1e-4, 0},
    {"text-bf16", "gguf/model-q4_0.gguf", "seq3", "_gguf_q4_0", "int8", false, 1e-4, 0},
    {"text-qwen2", "hf", "seq1", "", "int8", false, 1e-4, 0},
    {"text-qwen2", "hf", "seq3", "", "int8", false, 1e-4, 0},
    {"text-qwen2", "gguf/model-bf16.gguf", "seq3", "", "int8", false, 1e-4, 0},
    {"text-qlora-int4", "meta", "seq1", "", "float", false, 2e-4, 0},
    {"text-qlora-int4", "meta", "seq2", "", "float", false, 2e-4, 0},
    {"text-qlora-int4", "meta", "seq3", "", "float", false, 2e-4, 0},
    {"text-qlora-int4", "meta", "seq1", "_output_8da8w", "int8", false, 2e-4, 0},
    {"text-qlora-int4", "meta", "seq2", "_output_8da8w", "int8", false, 2e-4, 0},
    {"text-qlora-int4", "meta", "seq3", "_output_8da8w", "int8", false, 2e-4, 0},
    {"text-qlora-int4", "meta", "seq3", "_weight_only", "float", true, 1e-4, 0},
    {"text-qlora-int4", "meta", "seq4_ties", "", "float", false, 0.6, 0.08},
    {"text-spinquant-int4", "meta", "seq1", "", "float", false, 2e-4, 0},
    {"text-spinquant-int4", "meta", "seq2", "", "float", false, 2e-4, 0},
    {"text-spinquant-int4", "meta", "seq3", "", "float", false, 2e-4, 0},
    {"text-spinquant-int4", "meta", "seq1", "_output_8da8w", "int8", false, 2e-4, 0},
    {"text-spinquant-int4", "meta", "seq2", "_output_8da8w", "int8", false, 2e-4, 0},
    {"text-spinquant-int4", "meta", "seq3", "_output_8da8w", "int8", false, 2e-4, 0},
    {"text-spinquant-int4", "meta", "seq3", "_weight_only", "float", true, 1e-4, 0},
    {"text-spinquant-int4", "meta", "seq4_ties", "", "float", false, 0.6, 0.08},
};

nlohmann::json goldenJson(const std::string& folder, const char* file) {
    std::ifstream in(testsupport::dataPath("golden/" + folder + "/golden/" + file));
    return nlohmann::json::parse(in);
}

std::vector<TokenId> tokensOf(const nlohmann::json& ids) {
    std::vector<TokenId> tokens;
    for (const auto& id : ids)
        tokens.push_back(TokenId{id.get<std::int32_t>()});
    return tokens;
}

LoadRequest requestFor(const std::string& folder, const std::string& model, const std::string& kernels) {
    LoadRequest request;
    request.model = testsupport::dataPath("golden/" + folder + "/" + model).string();
    request.kernels = kernels;
    request.threads = 2;
    return request;
}

/// Levels that run here. oneDNN is one more way of multiplying.
std::vector<std::string> levels() {
    std::vector<std::string> usable;
    for (const auto level : kernelLevels())
        if (KernelPlan::make(level, false))
            usable.emplace_back(level);
    return usable;
}

Result<std::vector<float>> feed(Session& session, std::span<const TokenId> tokens, Feeding feeding) {
    std::vector<float> rows;
    const auto append = [&](std::int64_t, std::span<const float> logits) {
        rows.insert(rows.end(), logits.begin(), logits.end());
    };
    const std::size_t first = feeding == Feeding::whole  ? tokens.size()
                              : feeding == Feeding::half ? tokens.size() / 2
                                                         : 0;
    if (first > 0)
        if (auto done = session.forwardAll(tokens.first(first), append); !done)
            return done.error();
    for (const auto token : tokens.subspan(first)) {
        auto logits = session.decode(token);
        if (!logits)
            return logits.error();
        append(0, *logits);
    }
    return rows;
}

}  // namespace

class TestGoldens : public QObject {
    Q_OBJECT

private slots:
    void exactLogits_data();
    void exactLogits();
    void fastLogits_data();
    void fastLogits();
    void longSequence_data();
    void longSequence();
    void greedyTokens();
    void threadsDoNotChangeLogits();
};

void TestGoldens::exactLogits_data() {
    QTest::addColumn<int>("golden");
    QTest::addColumn<std::string>("kernels");
    QTest::addColumn<int>("feeding");
    constexpr const char* kFeedings[] = {"whole", "token by token", "half"};
    for (std::size_t g = 0; g < std::size(kGoldens); ++g)
        for (const auto& level : levels())
            for (int feeding = 0; feeding < 3; ++feeding)
                if (KernelPlan::make(level, true))
                    QTest::addRow("%s %s %s%s %s %s", kGoldens[g].folder, kGoldens[g].model,
                                  kGoldens[g].sequence, kGoldens[g].suffix, level.c_str(), kFeedings[feeding])
                        << static_cast<int>(g) << level << feeding;
}

void TestGoldens::exactLogits() {
    QFETCH(int, golden);
    QFETCH(std::string, kernels);
    QFETCH(int, feeding);
    const auto& g = kGoldens[golden];
    auto request = requestFor(g.folder, g.model, kernels);
    request.kv = "f32";
    request.activations = "f32";
    request.output = g.output;
    request.weightOnly = g.weightOnly;
    auto model = LocalModel::load(request);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto tokens = tokensOf(goldenJson(g.folder, "golden.json").at("sequences").at(g.sequence));
    auto logits = feed((*model)->session(), tokens, static_cast<Feeding>(feeding));
    QVERIFY2(logits, logits ? "" : logits.error().message.c_str());
    auto expected = readNpy(testsupport::dataPath(std::string("golden/") + g.folder + "/golden/logits_" +
                                                  g.sequence + g.suffix + ".npy"));
    QVERIFY(expected);
    COMPARE_TENSORS(*logits, expected->data, g.tolerance);
    if (g.meanTolerance > 0)
        QVERIFY(testsupport::meanDifference(*logits, expected->data) <= g.meanTolerance);
}

void TestGoldens::fastLogits_data() {
    QTest::addColumn<std::string>("folder");
    QTest::addColumn<std::string>("suffix");
    QTest::addColumn<std::string>("kernels");
    for (const auto& level : levels())
        for (const auto& [folder, suffix] : {std::pair{"text-bf16", ""},
                                             {"text-qlora-int4", "_output_8da8w"},
                                             {"text-spinquant-int4", "_output_8da8w"}})
            QTest::addRow("%s %s", folder, level.c_str())
                << std::string(folder) << std::string(suffix) << level;
}

void TestGoldens::fastLogits() {
    QFETCH(std::string, folder);
    QFETCH(std::string, suffix);
    QFETCH(std::string, kernels);
    auto model = LocalModel::load(requestFor(folder, "meta", kernels));
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto tokens = tokensOf(goldenJson(folder, "golden.json").at("sequences").at("seq3"));
    auto logits = feed((*model)->session(), tokens, Feeding::whole);
    QVERIFY(logits);
    auto expected =
        readNpy(testsupport::dataPath("golden/" + folder + "/golden/logits_seq3" + suffix + ".npy"));
    QVERIFY(expected);
    // Rounding to BF16 may move an activation over a quantization tie, so the int4 variants get the tolerance
    // of ties.
    const bool quantized = folder != "text-bf16";
    COMPARE_TENSORS(*logits, expected->data, quantized ? 0.6 : 0.4);
    QVERIFY(testsupport::meanDifference(*logits, expected->data) <= (quantized ? 0.08 : 0.04));
}

void TestGoldens::longSequence_data() {
    QTest::addColumn<double>("factor");
    QTest::addColumn<std::string>("kernels");
    for (const double factor : {8.0, 32.0})
        for (const auto& level : levels())
            if (level != "reference" && KernelPlan::make(level, true))
                QTest::addRow("factor %.0f %s", factor, level.c_str()) << factor << level;
}

void TestGoldens::longSequence() {
    QFETCH(double, factor);
    QFETCH(std::string, kernels);
    auto request = requestFor("text-bf16", "meta", kernels);
    request.kv = "f32";
    request.activations = "f32";
    request.ropeScaleFactor = static_cast<float>(factor);
    auto model = LocalModel::load(request);
    QVERIFY(model);
    const auto tokens = tokensOf(goldenJson("text-bf16", "golden.json").at("sequences").at("long"));
    std::vector<float> last;
    const auto from = static_cast<std::int64_t>(tokens.size()) - 16;
    auto done =
        (*model)->session().forwardAll(tokens, [&](std::int64_t position, std::span<const float> logits) {
            if (position >= from)
                last.insert(last.end(), logits.begin(), logits.end());
        });
    QVERIFY(done);
    auto expected = readNpy(testsupport::dataPath("golden/text-bf16/golden/logits_long_last16_rope" +
                                                  std::to_string(int(factor)) + ".npy"));
    QVERIFY(expected);
    COMPARE_TENSORS(last, expected->data, 1e-3);
}

void TestGoldens::greedyTokens() {
    auto request = requestFor("text-bf16", "meta", "auto");
    request.kv = "f32";
    request.activations = "f32";
    auto model = LocalModel::load(request);
    QVERIFY(model);
    auto& session = (*model)->session();
    const auto goldens = goldenJson("text-bf16", "greedy.json");
    for (const auto& [name, golden] : goldens.items()) {
        session.rewind(0);
        auto logits = session.prefill(tokensOf(golden.at("prompt")));
        QVERIFY(logits);
        const auto expected = tokensOf(golden.at("generated"));
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto best = std::max_element(logits->begin(), logits->end()) - logits->begin();
            QCOMPARE(static_cast<int>(best), raw(expected[i]));
            logits = session.decode(expected[i]);
            QVERIFY(logits);
        }
    }
}

void TestGoldens::threadsDoNotChangeLogits() {
    const auto tokens = tokensOf(goldenJson("text-spinquant-int4", "golden.json").at("sequences").at("seq3"));
    std::vector<float> first;
    for (const int threads : {1, 2, 3}) {
        auto request = requestFor("text-spinquant-int4", "meta", "auto");
        request.threads = threads;
        auto model = LocalModel::load(request);
        QVERIFY(model);
        auto logits = feed((*model)->session(), tokens, Feeding::half);
        QVERIFY(logits);
        if (first.empty())
            first = *logits;
        QVERIFY(*logits == first);
    }
}

QTEST_APPLESS_MAIN(TestGoldens)
#include "tst_goldens.moc"
