#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/temporary_folder.h"
#include "engine/checkpoint/variant_metadata.h"
#include "engine/evaluate/perplexity.h"
#include "engine/quantize/quantize.h"
#include "tests/support/fixtures.h"

using engine::QuantizeRequest;
using engine::TemporaryFolder;

namespace fs = std::filesystem;

namespace {

std::string bytesOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

QuantizeRequest demo(const std::string& policy, const fs::path& out) {
    QuantizeRequest request;
    request.model = "demo:bf16";
    request.policy = policy;
    request.out = out;
    request.windows = 8;
    request.windowSize = 128;
    request.evaluate = false;
    return request;
}

engine::LoadRequest loaded(const std::string& model, bool weightOnly) {
    engine::LoadRequest request;
    request.model = model;
    request.kv = "f32";
    request.activations = "f32";
    request.weightOnly = weightOnly;
    return request;
}

/// KL and top-1 of a variant against the demo model on held-out text.
engine::Result<engine::EvaluationResult> against(const std::string& reference, const fs::path& variant,
                                                 bool weightOnly = true) {
    engine::EvaluationRequest request;
    request.model = loaded(variant.string(), weightOnly);
    request.reference = loaded(reference, false);
    request.text = fs::path(ANVEN_SOURCE_DIR) / "resources/quality/prose.txt";
    request.window = 128;
    request.limit = 6;
    return engine::evaluate(request);
}

}  // namespace

class TestQuantize : public QObject {
    Q_OBJECT
private slots:
    void shippedPoliciesAreValid();
    void policyErrorsNameTheirPlace_data();
    void policyErrorsNameTheirPlace();
    void everyPolicyReopens_data();
    void everyPolicyReopens();
    void promotionKeepsItsBudget();
    void rotationChangesNoLogits();
    void fewerBitsLoseMore();
    void resultsAreDeterministic();
    void stoppedJobsGoOn();
    void quantizedSourcesAreRefused();
    void damagedVariantsAreRefused();
    void referenceRows_data();
    void referenceRows();
};

void TestQuantize::shippedPoliciesAreValid() {
    const auto policies = engine::shippedPolicies();
    QVERIFY2(policies, policies ? "" : policies.error().message.c_str());
    QVERIFY(policies->size() >= 10);
}

void TestQuantize::policyErrorsNameTheirPlace_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const QString head = "name: a\ndescription: b\n";
    const QString rules = "rules:\n  - {tensors: \"*\", scheme: int4_g32}\n";
    QTest::newRow("method") << head + "method: magic\n" + rules << "x.yaml:3:";
    QTest::newRow("scheme") << head + "method: rtn\nrules:\n  - {tensors: \"*\", scheme: int4}\n"
                            << "x.yaml:5:";
    QTest::newRow("key") << head + "method: rtn\nbits: 4\n" + rules << "x.yaml:4:";
    QTest::newRow("range") << head + "method: rtn\noptions: {range: best}\n" + rules << "x.yaml:4:";
    QTest::newRow("no rules") << head + "method: rtn\n"
                              << "rules";
}

void TestQuantize::policyErrorsNameTheirPlace() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto policy = engine::parsePolicy(text.toStdString(), "x.yaml");
    QVERIFY(!policy);
    QVERIFY2(QString::fromStdString(policy.error().message).contains(message),
             policy.error().message.c_str());
}

void TestQuantize::everyPolicyReopens_data() {
    QTest::addColumn<QString>("policy");
    const auto policies = engine::shippedPolicies();
    if (policies)
        for (const auto& policy : *policies)
            QTest::newRow(policy.id.c_str()) << QString::fromStdString(policy.id);
}

void TestQuantize::everyPolicyReopens() {
    QFETCH(QString, policy);
    const TemporaryFolder folder("tst-quantize");
    const auto out = folder.path() / "variant";
    auto request = demo(policy.toStdString(), out);
    if (policy.startsWith("autoround") || policy.startsWith("spinquant"))
        request.windows = 2;  // every step goes through them
    const auto report = engine::quantizeModel(request);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY(!fs::exists(out.string() + ".unfinished"));
    const auto checkpoint = engine::Checkpoint::open(out.string());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    std::int64_t bytes = 0;
    std::set<const std::byte*> counted;  // the demo model's head is its table: both stand for one tensor
    for (const auto& [name, tensor] : (*checkpoint)->tensors)
        if (tensor.data == nullptr || counted.insert(tensor.data).second)
            bytes += static_cast<std::int64_t>(tensor.bytes());
    QCOMPARE(bytes, report->weightsBytes);
    for (const auto& layer : report->layers)
        QCOMPARE((*checkpoint)->schemeOf(layer.name + ".weight"), layer.scheme);
    const auto quality = against("demo:bf16", out, false);
    QVERIFY2(quality, quality ? "" : quality.error().message.c_str());
    const double most = policy.endsWith('2') ? 3.0 : policy.endsWith('3') ? 0.5 : 0.1;
    QVERIFY2(*quality->klMean < most, qPrintable(QString::number(*quality->klMean)));
    QVERIFY(nlohmann::json::parse(bytesOf(out / "quality.json")).at("layers").size() ==
            report->layers.size());
}

void TestQuantize::promotionKeepsItsBudget() {
    const TemporaryFolder folder("tst-quantize");
    const auto plain = engine::quantizeModel(demo("gptq-int4", folder.path() / "plain"));
    const auto dynamic = engine::quantizeModel(demo("dynamic-4bit", folder.path() / "dynamic"));
    QVERIFY2(plain && dynamic, dynamic ? "" : dynamic.error().message.c_str());
    QVERIFY(dynamic->weightsBytes > plain->weightsBytes);
    QVERIFY(double(dynamic->weightsBytes) <= 1.1 * double(plain->weightsBytes));
    std::size_t promoted = 0;
    for (std::size_t i = 0; i < plain->layers.size(); ++i) {
        promoted += dynamic->layers[i].scheme == "bf16" ? 1 : 0;
        QCOMPARE(dynamic->layers[i].name, plain->layers[i].name);
    }
    QVERIFY(promoted > 0 && promoted < plain->layers.size());
    const auto before = against("demo:bf16", folder.path() / "plain");
    const auto after = against("demo:bf16", folder.path() / "dynamic");
    QVERIFY(before && after);
    QVERIFY(*after->klMean < *before->klMean);
}

void TestQuantize::rotationChangesNoLogits() {
    const TemporaryFolder folder("tst-quantize");
    const auto policy = folder.path() / "rotated.yaml";
    std::ofstream(policy) << "name: a\ndescription: b\nmethod: rtn\nrotation: hadamard\n"
                             "rules:\n  - {tensors: \"*\", scheme: f32}\n";
    const auto report = engine::quantizeModel(demo(policy.string(), folder.path() / "out"));
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto quality = against("demo:bf16", folder.path() / "out");
    QVERIFY2(quality, quality ? "" : quality.error().message.c_str());
    QVERIFY2(std::abs(*quality->klMean) < 1e-6, qPrintable(QString::number(*quality->klMean)));
    QVERIFY(*quality->top1Agreement >= 0.999);
    QVERIFY(std::abs(*quality->lnPerplexityRatio) < 1e-5);
}

void TestQuantize::fewerBitsLoseMore() {
    const TemporaryFolder folder("tst-quantize");
    double before = 0.0;
    for (const char* policy : {"int8-baseline", "rtn-int4", "rtn-int3", "rtn-int2"}) {
        const auto out = folder.path() / policy;
        QVERIFY(engine::quantizeModel(demo(policy, out)));
        const auto quality = against("demo:bf16", out);
        QVERIFY(quality);
        QVERIFY2(*quality->klMean > before, policy);
        before = *quality->klMean;
    }
    QVERIFY(engine::quantizeModel(demo("gptq-int2", folder.path() / "gptq")));
    const auto gptq = against("demo:bf16", folder.path() / "gptq");
    QVERIFY(gptq);
    QVERIFY(*gptq->klMean < before);
}

void TestQuantize::resultsAreDeterministic() {
    const TemporaryFolder folder("tst-quantize");
    auto request = demo("spinquant-random", folder.path() / "a");
    request.threads = 1;
    QVERIFY(engine::quantizeModel(request));
    request.out = folder.path() / "b";
    request.threads = 2;
    QVERIFY(engine::quantizeModel(request));
    QVERIFY(bytesOf(folder.path() / "a/consolidated.00.pth") ==
            bytesOf(folder.path() / "b/consolidated.00.pth"));
    request.out = folder.path() / "c";
    request.seed = 43;
    QVERIFY(engine::quantizeModel(request));
    QVERIFY(bytesOf(folder.path() / "a/consolidated.00.pth") !=
            bytesOf(folder.path() / "c/consolidated.00.pth"));
}

void TestQuantize::stoppedJobsGoOn() {
    const TemporaryFolder folder("tst-quantize");
    auto request = demo("gptq-int3", folder.path() / "out");
    std::stop_source stop;
    const auto atThird = [&](const engine::QuantizeProgress& now) {
        if (now.what.starts_with("layer 3"))
            stop.request_stop();
    };
    const auto stopped = engine::quantizeModel(request, atThird, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, engine::ErrorCode::cancelled);
    QVERIFY(fs::exists(folder.path() / "out.unfinished/layer.1.safetensors"));
    const auto resumed = engine::quantizeModel(request);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QCOMPARE(resumed->resumedLayers, 2);
    request.out = folder.path() / "whole";
    const auto whole = engine::quantizeModel(request);
    QVERIFY(whole);
    QCOMPARE(whole->resumedLayers, 0);
    QVERIFY(bytesOf(folder.path() / "out/model.safetensors") ==
            bytesOf(folder.path() / "whole/model.safetensors"));
}

void TestQuantize::quantizedSourcesAreRefused() {
    const TemporaryFolder folder("tst-quantize");
    auto request = demo("rtn-int4", folder.path() / "out");
    request.model = "demo:spinquant";
    const auto report = engine::quantizeModel(request);
    QVERIFY(!report);
    QCOMPARE(report.error().code, engine::ErrorCode::invalidInput);
    std::ofstream(folder.path() / "file") << "x";
    request = demo("rtn-int4", folder.path());
    QVERIFY(!engine::quantizeModel(request));
}

void TestQuantize::damagedVariantsAreRefused() {
    const TemporaryFolder folder("tst-quantize");
    const auto out = folder.path() / "out";
    QVERIFY(engine::quantizeModel(demo("rtn-int3", out)));
    const auto whole = bytesOf(out / "model.safetensors");
    const auto damage = [&](const std::string& from, const std::string& to) {
        auto bytes = whole;
        const auto at = bytes.find(from);
        QVERIFY(at != std::string::npos && from.size() == to.size());
        bytes.replace(at, from.size(), to);
        std::ofstream(out / "model.safetensors", std::ios::binary | std::ios::trunc) << bytes;
        const auto opened = engine::Checkpoint::open(out.string());
        QVERIFY2(!opened, to.c_str());
        QVERIFY(opened.error().message.find("model.safetensors") != std::string::npos);
    };
    damage("int3_g32", "int2_g32");
    damage("int3_g32", "uint3_g8");
    damage("int3_g32", "int3_g99");
    damage("int3_g32", "nonsense");
    damage("q_proj.scales", "q_proj.scaleX");
    damage("\\\"rows\\\":192", "\\\"rows\\\":193");
    damage("\\\"rows\\\":1280", "\\\"rows\\\":1281");  // a table, whose codes are stored as they are
}

void TestQuantize::referenceRows_data() {
    QTest::addColumn<QString>("policy");
    QTest::addColumn<double>("kl");
    // Weight-only rows of the reference table for tinystories2M (g32): KL in nats per token, without
    // tolerance.
    QTest::newRow("RTN w4 sym") << "rtn-family" << 0.0058;
    QTest::newRow("RTN w4 sym_mse") << "rtn-int4" << 0.0043;
    QTest::newRow("RTN w3 sym_mse") << "rtn-int3" << 0.0181;
    QTest::newRow("RTN w2 sym_mse") << "rtn-int2" << 0.1099;
    QTest::newRow("GPTQ w4 sym_mse") << "gptq-int4" << 0.0024;
    QTest::newRow("GPTQ w3 sym_mse") << "gptq-int3" << 0.0110;
    QTest::newRow("GPTQ w2 sym_mse") << "gptq-int2" << 0.0700;
    QTest::newRow("Hadamard + GPTQ w4 sym_mse") << "spinquant-random" << 0.0027;
    QTest::newRow("AutoRound w2") << "autoround-int2" << 0.0416;
}

void TestQuantize::referenceRows() {
    QFETCH(QString, policy);
    QFETCH(double, kl);
    const auto model = testsupport::largeFixture("realmodels/tinystories2M/bf16");
    SKIP_WITHOUT_FIXTURE(model);
    const TemporaryFolder folder("tst-quantize");
    QuantizeRequest request;
    request.model = model.string();
    request.policy = policy.toStdString();
    request.out = folder.path() / "out";
    request.text = testsupport::largeFixture("text/tinystories-train-sample.txt");
    request.evaluate = false;
    const auto report = engine::quantizeModel(request);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    engine::EvaluationRequest evaluation;
    evaluation.model = loaded(request.out.string(), true);
    evaluation.reference = loaded(model.string(), false);
    evaluation.tokens = testsupport::largeFixture("text/tinystories-valid.tok1024.u16");
    evaluation.window = 256;
    evaluation.limit = 32;
    const auto quality = engine::evaluate(evaluation);
    QVERIFY2(quality, quality ? "" : quality.error().message.c_str());
    qInfo("%s: perplexity %.4f, KL %.5f, top-1 %.2f %%", qPrintable(policy), quality->perplexity,
          *quality->klMean, 100.0 * *quality->top1Agreement);
    QVERIFY2(*quality->klMean <= kl, qPrintable(QString::number(*quality->klMean)));
}

QTEST_GUILESS_MAIN(TestQuantize)
#include "tst_quantize.moc"
