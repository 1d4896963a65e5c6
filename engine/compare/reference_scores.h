#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/base/npy.h"
#include "engine/base/temporary_folder.h"
#include "engine/compare/comparison.h"

namespace engine {

/// What the reference lane produced, and the others against it. Holds the reference's logits of its own
/// answer ([generated, vocab] f32) and those of one lane at a time.
class ReferenceScores {
public:
    /// `images`: of the prompt, in order.
    explicit ReferenceScores(SharedImages images) : images_(std::move(images)) {}

    /// Takes the finished reference lane. Without its logits there will be no agreement.
    void setReference(const LaneResult& reference, WorkerClient& worker, const std::stop_token& stop);
    /// The lane on the reference's tokens (teacher forced); absent where that cannot be computed.
    std::optional<Agreement> agreementOf(const LaneResult& lane, WorkerClient& worker,
                                         const std::stop_token& stop);

    /// Why the reference cannot read this lane's answer; empty when it can.
    std::string whyNotScored(const LaneResult& lane) const;
    /// Reads the lane's answer with the reference's model: fills scores or reason.
    void score(LaneResult& lane, WorkerClient& reference, const std::stop_token& stop) const;

private:
    std::optional<NpyArray> logitsOf(WorkerClient& worker, const std::stop_token& stop) const;

    TemporaryFolder folder_{"anven-compare"};  // for logits on their way between processes
    SharedImages images_;
    std::string name_;
    std::vector<TokenId> prompt_;
    std::vector<TokenId> answer_;
    std::int64_t vocabulary_ = 0;
    NpyArray logits_;
};

}  // namespace engine
