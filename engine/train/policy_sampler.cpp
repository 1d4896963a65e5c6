#include "engine/train/policy_sampler.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/file_handle.h"
#include "engine/base/mapped_file.h"

namespace engine::train {
namespace {

constexpr std::size_t kAlignment = 64;

/// Tensors in a file without a name. Loading a model tells the system that it may forget a mapping's pages,
/// so the numbers that are trained must not be what it reads.
class TensorFile {
public:
    void add(std::string name, const float* values, std::vector<std::int64_t> shape) {
        parts_.push_back({std::move(name), values, std::move(shape), size_});
        size_ += (elements(parts_.back()) * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
    }
    /// Puts the tensors into the checkpoint. Errors: io.
    Result<void> writeTo(Checkpoint& checkpoint) const {
        const FileHandle file(::memfd_create("anven-policy", MFD_CLOEXEC));
        if (!file.valid() || ::ftruncate(file.get(), static_cast<off_t>(size_)) != 0)
            return noMemory();
        for (const auto& part : parts_)
            for (std::size_t done = 0, bytes = elements(part) * sizeof(float); done < bytes;) {
                const auto written =
                    ::pwrite(file.get(), reinterpret_cast<const std::byte*>(part.values) + done, bytes - done,
                             static_cast<off_t>(part.offset + done));
                if (written <= 0)
                    return noMemory();
                done += static_cast<std::size_t>(written);
            }
        auto mapped = MappedFile::open("/proc/self/fd/" + std::to_string(file.get()));
        if (!mapped)
            return mapped.error();
        checkpoint.mappings.push_back(*mapped);
        for (const auto& part : parts_)
            checkpoint.tensors[part.name] = {DType::f32, part.shape, *rowMajorStrides(part.shape),
                                             (*mapped)->bytes().data() + part.offset};
        return {};
    }

private:
    struct Part {
        std::string name;
        const float* values;
        std::vector<std::int64_t> shape;
        std::size_t offset;
    };
    static std::size_t elements(const Part& part) {
        std::size_t count = 1;
        for (const auto extent : part.shape)
            count *= static_cast<std::size_t>(extent);
        return count;
    }
    static Error noMemory() {
        return {ErrorCode::io, std::string("no memory for the weights that answer: ") + std::strerror(errno)};
    }
    std::vector<Part> parts_;
    std::size_t size_ = 0;
};

/// The checkpoint with what the model holds itself in the place of what the file has.
Result<std::shared_ptr<const Checkpoint>> checkpointOf(const TrainableModel& model) {
    auto checkpoint = std::make_shared<Checkpoint>(model.checkpoint());
    TensorFile file;
    for (const auto& [name, tensor] : checkpoint->tensors)
        if (const auto* values = model.held(name))
            file.add(name, values, tensor.shape);
    for (const auto& parameter : model.parameters())
        if (parameter.name.find(".adaptor.") != std::string::npos)
            file.add(parameter.name, parameter.values(), {parameter.rows, parameter.cols});
    if (auto ok = file.writeTo(*checkpoint); !ok)
        return ok.error();
    if (model.options().loraRank > 0)
        checkpoint->config.lora = LoraConfig{model.options().loraRank, model.options().loraScale};
    return std::shared_ptr<const Checkpoint>(std::move(checkpoint));
}

}  // namespace

Result<std::unique_ptr<PolicySampler>> PolicySampler::create(const TrainableModel& model,
                                                             std::int64_t context, int threads) {
    if (model.options().family || model.options().quantizedBase ||
        model.checkpoint().find("layers.0.attention.wq.scales") != nullptr)
        return Error{ErrorCode::unsupported,
                     "rlvr trains BF16 weights and adapters over them; round the result afterwards"};
    auto plan = KernelPlan::make("auto", true);
    if (!plan)
        return plan.error();
    std::unique_ptr<PolicySampler> sampler(new PolicySampler);
    auto team = ThreadTeam::create(threads);
    if (!team)
        return team.error();
    sampler->team_ = std::move(*team);
    ModelOptions options;
    options.exact = true;
    auto checkpoint = checkpointOf(model);
    if (!checkpoint)
        return checkpoint.error();
    auto loaded = Model::load(std::move(*checkpoint), std::move(*plan), options, *sampler->team_);
    if (!loaded)
        return loaded.error();
    auto session = Session::create(std::move(*loaded), {context, KvCache::Type::f32}, *sampler->team_);
    if (!session)
        return session.error();
    sampler->session_ = std::move(*session);
    return sampler;
}

Result<std::vector<std::vector<std::int32_t>>> PolicySampler::answers(std::span<const std::int32_t> prompt,
                                                                      std::int64_t count,
                                                                      SamplingOptions sampling,
                                                                      std::int64_t longest,
                                                                      std::span<const TokenId> stops) {
    std::vector<TokenId> tokens;
    for (const auto token : prompt)
        tokens.push_back(TokenId{token});
    session_->rewind(0);
    const auto first = session_->prefill(tokens);
    if (!first)
        return first.error();
    const std::vector<float> firstLogits(first->begin(), first->end());
    std::vector<std::vector<std::int32_t>> answers;
    for (std::int64_t i = 0; i < count; ++i, ++sampling.seed) {
        session_->rewind(std::ssize(tokens));
        Sampler sampler(sampling);
        std::span<const float> logits = firstLogits;
        auto& answer = answers.emplace_back();
        while (true) {
            const auto token = sampler.pick(logits, session_->history());
            answer.push_back(raw(token));
            if (std::ssize(answer) == longest || std::find(stops.begin(), stops.end(), token) != stops.end())
                break;
            const auto next = session_->decode(token);
            if (!next)
                return next.error();
            logits = *next;
        }
    }
    return answers;
}

}  // namespace engine::train
