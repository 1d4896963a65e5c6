#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/temporary_folder.h"
#include "engine/quantize/mixed_policy.h"
#include "engine/quantize/quantize.h"

using engine::Assignment;
using engine::SearchProblem;
using engine::WeightScheme;

namespace {

/// Items with 2, 4 and 8 bits whose damage differs by orders.
SearchProblem problemOf(std::size_t items, double bits) {
    SearchProblem problem;
    for (std::size_t i = 0; i < items; ++i) {
        problem.items.push_back({"item" + std::to_string(i), {}});
        const double sensitivity = std::pow(3.0, double(i % 4));
        for (const int b : {2, 4, 8})
            problem.items.back().choices.push_back(
                {WeightScheme::groupwise(b, 32), 1000 * b, sensitivity * std::pow(4.0, -b)});
    }
    problem.bytes = static_cast<std::int64_t>(1000.0 * bits * double(items));
    return problem;
}

engine::ScanRequest demoScan() {
    engine::ScanRequest request;
    request.model = "demo:bf16";
    request.windows = 2;
    request.windowSize = 64;
    return request;
}

}  // namespace

class TestPolicySearch : public QObject {
    Q_OBJECT
private slots:
    void everySearchKeepsTheBudget_data();
    void everySearchKeepsTheBudget();
    void greedyFindsTheBestOfAll();
    void learnsWhatTheTableHides_data();
    void learnsWhatTheTableHides();
    void impossibleBudgetsAreRefused();
    void scanFindsFewerBitsWorse();
    void wholeBlocksLoseMoreThanLinears();
    void foundPoliciesAreRecipes();
};

void TestPolicySearch::everySearchKeepsTheBudget_data() {
    QTest::addColumn<int>("search");
    for (std::size_t i = 0; i < engine::policySearches().size(); ++i)
        QTest::newRow(engine::policySearches()[i].id.data()) << int(i);
}

void TestPolicySearch::everySearchKeepsTheBudget() {
    QFETCH(int, search);
    const auto problem = problemOf(12, 4.5);
    const auto& entry = engine::policySearches()[std::size_t(search)];
    std::int64_t measured = 0;
    const auto measure = [&](const Assignment& assignment) -> engine::Result<double> {
        ++measured;
        if (problem.bytesOf(assignment) > problem.bytes)
            return engine::Error{engine::ErrorCode::internal, "too large"};
        return problem.predicted(assignment);
    };
    const auto first = entry.run(problem, {.evaluations = 20}, measure, {});
    QVERIFY2(first, first ? "" : first.error().message.c_str());
    QCOMPARE(first->evaluations, measured);
    QVERIFY(measured <= 20);
    QCOMPARE(first->kl, problem.predicted(first->best));
    const auto second = entry.run(problem, {.evaluations = 20}, measure, {});
    QVERIFY(second && second->best == first->best);
}

void TestPolicySearch::greedyFindsTheBestOfAll() {
    const auto problem = problemOf(6, 4.0);
    const auto measure = [&](const Assignment& assignment) -> engine::Result<double> {
        return problem.predicted(assignment);
    };
    double least = 1e9;  // of all 3^6
    for (int code = 0; code < 729; ++code) {
        Assignment assignment;
        for (int rest = code, i = 0; i < 6; ++i, rest /= 3)
            assignment.push_back(std::size_t(rest % 3));
        if (problem.bytesOf(assignment) <= problem.bytes)
            least = std::min(least, problem.predicted(assignment));
    }
    const auto found = engine::searchGreedy(problem, {}, measure, {});
    QVERIFY(found);
    QVERIFY2(found->kl <= 1.2 * least, qPrintable(QString("%1 %2").arg(found->kl).arg(least)));
}

void TestPolicySearch::learnsWhatTheTableHides_data() {
    QTest::addColumn<QString>("search");
    QTest::newRow("evolutionary") << "evolutionary";
    QTest::newRow("bayesian") << "bayesian";
}

/// Two items cost six times what the table says: more than those that it says are worst. Only measuring
/// tells.
void TestPolicySearch::learnsWhatTheTableHides() {
    QFETCH(QString, search);
    const auto problem = problemOf(12, 5.0);
    const auto measure = [&](const Assignment& assignment) -> engine::Result<double> {
        double sum = problem.predicted(assignment);
        for (const std::size_t hidden : {2U, 6U})
            sum += 5.0 * problem.items[hidden].choices[assignment[hidden]].kl;
        return sum;
    };
    const auto greedy = engine::searchGreedy(problem, {}, measure, {});
    const auto entry = engine::policySearchNamed(search.toStdString());
    QVERIFY(greedy && entry);
    const auto found = (*entry)->run(problem, {.evaluations = 60}, measure, {});
    QVERIFY(found);
    QVERIFY2(found->kl < greedy->kl, qPrintable(QString("%1 %2").arg(found->kl).arg(greedy->kl)));
}

void TestPolicySearch::impossibleBudgetsAreRefused() {
    const auto problem = problemOf(4, 1.0);
    const auto measure = [](const Assignment&) -> engine::Result<double> { return 0.0; };
    for (const auto& search : engine::policySearches()) {
        const auto found = search.run(problem, {}, measure, {});
        QVERIFY(!found);
        QCOMPARE(found.error().code, engine::ErrorCode::invalidInput);
    }
    QVERIFY(!engine::policySearchNamed("magic"));
}

void TestPolicySearch::scanFindsFewerBitsWorse() {
    const auto report = engine::scanSensitivity(demoScan());
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QCOMPARE(report->rows.size() % 28, std::size_t{0});  // seven linears, four schemes
    for (std::size_t i = 0; i < report->rows.size(); i += 4)
        for (std::size_t j = i; j + 1 < i + 4; ++j) {
            QCOMPARE(report->rows[j].name, report->rows[i].name);
            QVERIFY(report->rows[j].kl >= 0.0);
            QVERIFY(report->rows[j].relError > report->rows[j + 1].relError);
            QVERIFY(report->rows[j].bytes < report->rows[j + 1].bytes);
        }
    double coarse = 0.0;
    double fine = 0.0;
    for (std::size_t i = 0; i < report->rows.size(); i += 4) {
        coarse += report->rows[i].kl;
        fine += report->rows[i + 3].kl;
    }
    QVERIFY(coarse > 100.0 * fine);
    QVERIFY(nlohmann::json::parse(engine::toText(*report)).at("rows").size() == report->rows.size());
}

void TestPolicySearch::wholeBlocksLoseMoreThanLinears() {
    auto request = demoScan();
    request.schemes = {WeightScheme::groupwise(2, 32)};
    const auto linears = engine::scanSensitivity(request);
    request.wholeBlocks = true;
    const auto blocks = engine::scanSensitivity(request);
    QVERIFY(linears && blocks);
    QCOMPARE(linears->rows.size(), 7 * blocks->rows.size());
    for (std::size_t block = 0; block < blocks->rows.size(); ++block)
        for (std::size_t i = 0; i < 7; ++i)
            QVERIFY(blocks->rows[block].kl > linears->rows[7 * block + i].kl);
}

void TestPolicySearch::foundPoliciesAreRecipes() {
    engine::MixedPolicyRequest request;
    request.scan = demoScan();
    request.bitsPerWeight = 4.0;
    const auto report = engine::searchPolicy(request);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY(report->bitsPerWeight <= 4.0);
    const engine::TemporaryFolder folder("tst-policy-search");
    const auto file = folder.path() / "mixed.yaml";
    std::ofstream(file) << engine::toYaml(report->policy);
    const auto policy = engine::readPolicy(file);
    QVERIFY2(policy, policy ? "" : policy.error().message.c_str());
    QCOMPARE(policy->rules.size(), report->policy.rules.size());
    engine::QuantizeRequest quantize;
    quantize.model = "demo:bf16";
    quantize.policy = file.string();
    quantize.out = folder.path() / "out";
    quantize.evaluate = false;
    const auto made = engine::quantizeModel(quantize);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
    for (const auto& layer : made->layers)
        QCOMPARE(layer.scheme, report->policy.schemeOf(layer.name).name());
}

QTEST_GUILESS_MAIN(TestPolicySearch)
#include "tst_policy_search.moc"
