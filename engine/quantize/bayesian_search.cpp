// Bayesian optimization with a linear model: every linear multiplies what the table says of it by a factor of
// its own, normal around 1. What whole assignments came to corrects the factors; the next one to measure is
// the best under factors that are drawn from what is believed of them (Thompson sampling).
#include <Eigen/Cholesky>
#include <random>

#include "engine/quantize/policy_search.h"

namespace engine {
namespace {

constexpr double kPriorDeviation = 1.0;  // of a factor
constexpr double kNoise = 0.05;          // of a measured KL, as a share of it
constexpr int kMostRounds = 64;          // without anything new

class FactorModel {
public:
    explicit FactorModel(const SearchProblem& problem)
        : problem_(problem),
          precision_(Eigen::MatrixXd::Identity(size(), size()) / (kPriorDeviation * kPriorDeviation)),
          shift_(precision_ * Eigen::VectorXd::Ones(size())) {}

    void learn(const Assignment& assignment, double kl) {
        Eigen::VectorXd row(size());
        for (std::size_t i = 0; i < assignment.size(); ++i)
            row(static_cast<Eigen::Index>(i)) = problem_.items[i].choices[assignment[i]].kl;
        const double deviation = std::max(1e-9, kNoise * std::abs(kl));
        precision_ += row * row.transpose() / (deviation * deviation);
        shift_ += row * kl / (deviation * deviation);
    }

    /// Factors from what is believed: mean plus L^-T z, with the precision L L^T.
    Eigen::VectorXd draw(std::mt19937_64& bits) const {
        const Eigen::LLT<Eigen::MatrixXd> factor(precision_);
        std::normal_distribution<double> normal;
        Eigen::VectorXd z(size());
        for (auto& value : z)
            value = normal(bits);
        return factor.solve(shift_) + factor.matrixU().solve(z);
    }

private:
    Eigen::Index size() const { return static_cast<Eigen::Index>(problem_.items.size()); }

    const SearchProblem& problem_;
    Eigen::MatrixXd precision_;
    Eigen::VectorXd shift_;
};

}  // namespace

Result<SearchResult> searchBayesian(const SearchProblem& problem, const SearchOptions& options,
                                    const Measure& measure, const std::stop_token& stop) {
    SearchRecord record(problem, options, measure, stop);
    FactorModel model(problem);
    std::mt19937_64 bits(options.seed);
    Eigen::VectorXd factors = Eigen::VectorXd::Ones(static_cast<Eigen::Index>(problem.items.size()));
    for (int idle = 0; !record.spent() && idle < kMostRounds; factors = model.draw(bits)) {
        const auto assignment = cheapest(problem, [&](std::size_t item, std::size_t choice) {
            return std::max(0.0, factors(static_cast<Eigen::Index>(item))) *
                   problem.items[item].choices[choice].kl;
        });
        if (!assignment)
            return assignment.error();
        const auto before = record.result().evaluations;
        const auto score = record.score(*assignment);
        if (!score)
            return score.error();
        const bool fresh = record.result().evaluations != before;
        idle = fresh ? 0 : idle + 1;
        if (fresh)
            model.learn(*assignment, *score);
    }
    return record.result();
}

}  // namespace engine
