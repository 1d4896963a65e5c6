#include <QtTest>
#include <fstream>

#include "engine/base/temporary_folder.h"
#include "engine/evaluate/perplexity.h"
#include "engine/model/rope_table.h"
#include "engine/quantize/quantize.h"
#include "engine/synthetic/random_model.h"
#include "engine/tokenizer/tokenizer.h"

using engine::TemporaryFolder;
using engine::VariantLayout;

namespace fs = std::filesystem;

namespace {

engine::Result<engine::QuantizeReport> made(const std::string& model, const std::string& policy,
                                            const fs::path& out, VariantLayout layout) {
    engine::QuantizeRequest request;
    request.model = model;
    request.policy = policy;
    request.out = out;
    request.layout = layout;
    request.windows = 8;
    request.windowSize = 64;
    request.evaluate = false;
    return engine::quantizeModel(request);
}

fs::path policyFile(const fs::path& folder, const std::string& scheme) {
    const auto path = folder / (scheme + ".yaml");
    std::ofstream(path) << "name: a\ndescription: b\nmethod: rtn\nrules:\n  - {tensors: \"*\", scheme: "
                        << scheme << "}\n";
    return path;
}

std::vector<std::int32_t> idsOf(const std::string& model) {
    const auto checkpoint = engine::Checkpoint::open(model);
    std::vector<std::int32_t> ids;
    if (checkpoint)
        if (const auto tokenizer = engine::Tokenizer::load(**checkpoint))
            for (const auto id : (*tokenizer)->encode("It's 123 o'clock: na\xc3\xafve  worlds,\nabc."))
                ids.push_back(engine::raw(id));
    return ids;
}

double divergence(const std::string& model, const std::string& reference) {
    engine::EvaluationRequest request;
    request.model.model = model;
    request.model.kv = "f32";
    request.model.activations = "f32";
    request.model.weightOnly = true;
    request.reference = request.model;
    request.reference->model = reference;
    request.text = fs::path(ANVEN_SOURCE_DIR) / "resources/quality/prose.txt";
    request.window = 64;
    request.limit = 4;
    const auto result = engine::evaluate(request);
    return result ? *result->klMean : 1e9;
}

}  // namespace

class TestGgufVariant : public QObject {
    Q_OBJECT
private slots:
    void codesAreThoseOfTheOtherLayouts();
    void schemesBecomeBlocks();
    void rotationStaysFolded();
    void sourcesGiveTheirTokenizerOn_data();
    void sourcesGiveTheirTokenizerOn();
    void scaledRopeSurvives();
    void unexplainedDivisorsAreRefused();
    void refusesWhatBlocksCannotHold();
};

void TestGgufVariant::codesAreThoseOfTheOtherLayouts() {
    const TemporaryFolder folder("tst-gguf");
    const auto policy = policyFile(folder.path(), "int4_g32").string();
    const auto gguf = made("demo:bf16", policy, folder.path() / "gguf", VariantLayout::gguf);
    QVERIFY2(gguf, gguf ? "" : gguf.error().message.c_str());
    QCOMPARE(gguf->path, folder.path() / "gguf/model.gguf");
    QVERIFY(made("demo:bf16", policy, folder.path() / "other", VariantLayout::safetensors));
    const auto one = engine::Checkpoint::open(gguf->path.string());
    const auto two = engine::Checkpoint::open((folder.path() / "other").string());
    QVERIFY2(one, one ? "" : one.error().message.c_str());
    QVERIFY(two);
    for (const char* name : {"layers.0.feed_forward.w2.weight", "tok_embeddings.weight"}) {
        const auto a = engine::toFloats(*(*one)->find(name));
        const auto b = engine::toFloats(*(*two)->find(name));
        QVERIFY(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(std::abs(a[i] - b[i]) <= 1e-3F * std::abs(b[i]), name);  // small scales lose bits in f16
    }
    QVERIFY(divergence(gguf->path.string(), (folder.path() / "other").string()) < 1e-5);
}

void TestGgufVariant::schemesBecomeBlocks() {
    const TemporaryFolder folder("tst-gguf");
    const auto report = made("demo:bf16", "nano-qkvfp16", folder.path() / "out", VariantLayout::gguf);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto checkpoint = engine::Checkpoint::open(report->path.string());
    QVERIFY(checkpoint);
    QCOMPARE((*checkpoint)->schemeOf("layers.0.attention.wq.weight"), std::string("f16"));
    QCOMPARE((*checkpoint)->schemeOf("layers.0.attention.wo.weight"), std::string("q4_0"));
    QCOMPARE((*checkpoint)->schemeOf("tok_embeddings.weight"), std::string("q8_0"));
    QVERIFY(idsOf(report->path.string()) == idsOf("demo:bf16"));
    QVERIFY(divergence(report->path.string(), "demo:bf16") < 0.1);
}

void TestGgufVariant::rotationStaysFolded() {
    const TemporaryFolder folder("tst-gguf");
    const auto policy = folder.path() / "rotated.yaml";
    std::ofstream(policy) << "name: a\ndescription: b\nmethod: rtn\nrotation: hadamard\n"
                             "rules:\n  - {tensors: \"*\", scheme: f32}\n";
    const auto report = made("demo:bf16", policy.string(), folder.path() / "out", VariantLayout::gguf);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto checkpoint = engine::Checkpoint::open(report->path.string());
    QVERIFY(checkpoint && !(*checkpoint)->config.hadamardFfn);
    QVERIFY(std::abs(divergence(report->path.string(), "demo:bf16")) < 1e-6);
}

void TestGgufVariant::sourcesGiveTheirTokenizerOn_data() {
    QTest::addColumn<bool>("bpe");
    QTest::addColumn<int>("layout");
    for (const bool bpe : {false, true})
        for (const auto layout : {VariantLayout::meta, VariantLayout::safetensors, VariantLayout::gguf})
            QTest::addRow("%s to %s", bpe ? "gpt2" : "llama", engine::name(layout).data())
                << bpe << static_cast<int>(layout);
}

void TestGgufVariant::sourcesGiveTheirTokenizerOn() {
    QFETCH(bool, bpe);
    QFETCH(int, layout);
    const TemporaryFolder folder("tst-gguf");
    auto source = folder.path() / "source.gguf";
    if (bpe) {
        engine::RandomModelRequest request;
        request.shape = "tiny";
        request.format = engine::RandomFormat::gguf;
        request.out = source;
        QVERIFY(engine::makeRandomModel(request));
    } else {
        const auto report = made("demo:bf16", policyFile(folder.path(), "f16").string(),
                                 folder.path() / "f16", VariantLayout::gguf);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        source = report->path;
    }
    const auto report =
        made(source.string(), "rtn-family", folder.path() / "out", static_cast<VariantLayout>(layout));
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto ids = idsOf(report->path.string());
    QVERIFY(ids.size() > 10);
    QVERIFY(ids == idsOf(source.string()));
    QVERIFY(divergence(report->path.string(), source.string()) < 0.5);
}

void TestGgufVariant::scaledRopeSurvives() {
    const TemporaryFolder folder("tst-gguf");
    engine::RandomModelRequest request;
    request.shape = "tiny";
    request.format = engine::RandomFormat::gguf;
    request.out = folder.path() / "source.gguf";
    QVERIFY(engine::makeRandomModel(request));
    const auto source = engine::Checkpoint::open(request.out.string());
    QVERIFY(source && !(*source)->config.rope.frequencyDivisors.empty());
    const auto wanted = engine::ropeFrequencies((*source)->config.rope, (*source)->config.headDim);
    for (const auto layout : {VariantLayout::meta, VariantLayout::safetensors, VariantLayout::gguf}) {
        const auto report =
            made(request.out.string(), "rtn-family", folder.path() / engine::name(layout), layout);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        const auto variant = engine::Checkpoint::open(report->path.string());
        QVERIFY(variant);
        const auto found = engine::ropeFrequencies((*variant)->config.rope, (*variant)->config.headDim);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            QVERIFY2(std::abs(found[i] - wanted[i]) <= 1e-4F * wanted[i], engine::name(layout).data());
    }
}

void TestGgufVariant::unexplainedDivisorsAreRefused() {
    engine::RopeConfig rope;
    rope.frequencyDivisors = {1.0F, 1.0F, 1.0F, 1.0F};
    const auto plain = engine::withoutDivisors(rope, 8);
    QVERIFY(plain && !plain->scaling && plain->frequencyDivisors.empty());
    rope.frequencyDivisors = {2.0F, 1.0F, 3.0F, 1.0F};
    QVERIFY(!engine::withoutDivisors(rope, 8));
}

void TestGgufVariant::refusesWhatBlocksCannotHold() {
    const TemporaryFolder folder("tst-gguf");
    for (const char* scheme : {"int3_g32", "uint4_g32", "int4_g64"}) {
        const auto policy = policyFile(folder.path(), scheme);
        const auto report = made("demo:bf16", policy.string(), folder.path() / "out", VariantLayout::gguf);
        QVERIFY(!report);
        QCOMPARE(report.error().code, engine::ErrorCode::unsupported);
        QVERIFY(report.error().message.find(scheme) != std::string::npos);
    }
}

QTEST_GUILESS_MAIN(TestGgufVariant)
#include "tst_gguf_variant.moc"
