#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/checkpoint/safetensors_reader.h"
#include "engine/quantize/stored_tensor.h"

namespace engine {

/// What one linear lost.
struct LayerError {
    std::string name;  ///< Meta's, without .weight
    std::string scheme;
    double relError = 0.0;     ///< |W' - W| / |W|, Frobenius
    double outputError = 0.0;  ///< the same of the outputs on the calibration text; 0 without one
};

/// A finished part of a variant, read back as views.
struct Part {
    std::shared_ptr<const MappedFile> file;
    TensorMap tensors;  ///< by Meta's name
    std::vector<std::string> order;
    std::vector<LayerError> errors;
};

/// The folder in which a job keeps what is finished, so that it goes on there after it was stopped or killed.
/// Parts of another job (other source, policy, seed or text) are not taken.
class PartStore {
public:
    PartStore(std::filesystem::path folder, std::string job)
        : folder_(std::move(folder)), job_(std::move(job)) {}

    bool has(const std::string& part) const;
    /// Whole or not at all. Errors: io, cancelled.
    Result<void> write(const std::string& part, const std::vector<StoredTensor>& tensors,
                       const std::vector<LayerError>& errors, std::stop_token stop) const;
    /// Errors: notFound, io, corrupt; invalidInput for a part of another job.
    Result<Part> read(const std::string& part) const;
    void remove() const;

private:
    std::filesystem::path pathOf(const std::string& part) const { return folder_ / (part + ".safetensors"); }

    std::filesystem::path folder_;
    std::string job_;
};

}  // namespace engine
