#include "engine/catalog/tensor_histogram.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "engine/base/mapped_file.h"

namespace engine {
namespace {

constexpr std::int64_t kBlock = 32;
constexpr std::int64_t kValuesAtOnce = 1 << 18;

bool isBlockType(DType type) {
    return type == DType::q8_0 || type == DType::q4_0;
}

/// Scales of an int8 weight: [rows, groups], one per `groupSize` columns.
struct Scales {
    std::vector<float> values;
    std::int64_t groups = 1;
    std::int64_t groupSize = 1;
};

const Tensor* scalesOf(const Checkpoint& checkpoint, const std::string& name) {
    const auto dot = name.rfind('.');
    return dot == std::string::npos || !name.ends_with(".weight")
               ? nullptr
               : checkpoint.find(name.substr(0, dot) + ".scales");
}

Result<Scales> readScales(const Checkpoint& checkpoint, const std::string& name, const Tensor& weight) {
    const auto* tensor = scalesOf(checkpoint, name);
    Scales scales;
    scales.values = toFloats(*tensor);
    scales.groups = tensor->shape.size() == 2 ? tensor->shape[1] : 1;
    const auto rows = weight.shape[0];
    const auto cols = weight.shape[1];
    if (scales.groups < 1 || std::int64_t(scales.values.size()) != rows * scales.groups ||
        cols % scales.groups != 0)
        return Error{ErrorCode::corrupt, name + ": its scales do not fit " + std::to_string(rows) +
                                             " rows of " + std::to_string(cols) + " columns"};
    scales.groupSize = cols / scales.groups;
    return scales;
}

/// The codes of a range of GGUF blocks, as floats.
void blockCodes(const Tensor& tensor, std::int64_t firstBlock, std::int64_t blocks, float* out) {
    const bool wide = tensor.type == DType::q8_0;
    const std::int64_t blockBytes = wide ? 34 : 18;
    for (std::int64_t b = 0; b < blocks; ++b, out += kBlock) {
        const std::byte* codes = tensor.data + (firstBlock + b) * blockBytes + 2;  // after the half scale
        for (std::int64_t i = 0; i < kBlock; ++i) {
            if (wide) {
                out[i] = static_cast<float>(std::to_integer<std::int8_t>(codes[i]));
                continue;
            }
            const int byte = std::to_integer<int>(codes[i % 16]);
            out[i] = static_cast<float>((i < 16 ? byte & 15 : byte >> 4) - 8);
        }
    }
}

/// A tensor's values in row-major order, a few rows at a time.
class ValueStream {
public:
    using Sink = std::function<void(const std::vector<float>& values)>;

    static Result<ValueStream> create(const Checkpoint& checkpoint, const std::string& name,
                                      TensorValues kind) {
        auto tensor = checkpoint.require(name);
        if (!tensor)
            return tensor.error();
        ValueStream stream(**tensor, kind);
        const bool scaled = kind == TensorValues::dequantized && (*tensor)->type == DType::i8 &&
                            (*tensor)->shape.size() == 2 && scalesOf(checkpoint, name) != nullptr;
        if (!scaled)
            return stream;
        auto scales = readScales(checkpoint, name, **tensor);
        if (!scales)
            return scales.error();
        stream.scales_ = std::move(*scales);
        return stream;
    }

    Result<void> forEach(const Sink& sink, const std::stop_token& stop) {
        if (tensor_->shape.size() != 2) {
            values_ = toFloats(*tensor_);  // vectors: short
            sink(values_);
            return {};
        }
        const auto cols = std::max<std::int64_t>(1, tensor_->shape[1]);
        const auto step = std::max<std::int64_t>(1, kValuesAtOnce / cols);
        for (std::int64_t row = 0; row < tensor_->shape[0]; row += step) {
            if (stop.stop_requested())
                return Error{ErrorCode::cancelled, "the histogram was stopped"};
            read(row, std::min(tensor_->shape[0], row + step));
            sink(values_);
        }
        return {};
    }

private:
    ValueStream(const Tensor& tensor, TensorValues kind) : tensor_(&tensor), kind_(kind) {}

    void read(std::int64_t rowBegin, std::int64_t rowEnd) {
        const auto cols = tensor_->shape[1];
        values_.resize(static_cast<std::size_t>((rowEnd - rowBegin) * cols));
        if (isBlockType(tensor_->type) && kind_ == TensorValues::stored)
            blockCodes(*tensor_, rowBegin * (cols / kBlock), (rowEnd - rowBegin) * (cols / kBlock),
                       values_.data());
        else
            rowsToFloats(*tensor_, rowBegin, rowEnd, values_.data());
        if (scales_.values.empty())
            return;
        for (std::int64_t r = rowBegin; r < rowEnd; ++r)
            for (std::int64_t c = 0; c < cols; ++c)
                values_[static_cast<std::size_t>((r - rowBegin) * cols + c)] *=
                    scales_.values[static_cast<std::size_t>(r * scales_.groups + c / scales_.groupSize)];
    }

    const Tensor* tensor_;
    TensorValues kind_;
    Scales scales_;
    std::vector<float> values_;
};

/// First reading: range and moments (Welford, so that large tensors lose no digits).
void addMoments(const std::vector<float>& values, TensorHistogram& out, double& squares) {
    for (const float value : values) {
        if (!std::isfinite(value)) {
            ++out.nonFinite;
            continue;
        }
        const double x = value;
        out.low = out.values == 0 ? x : std::min(out.low, x);
        out.high = out.values == 0 ? x : std::max(out.high, x);
        ++out.values;
        out.zeros += x == 0.0 ? 1 : 0;
        const double delta = x - out.mean;
        out.mean += delta / static_cast<double>(out.values);
        squares += delta * (x - out.mean);
    }
}

void addCounts(const std::vector<float>& values, TensorHistogram& out) {
    const auto last = static_cast<std::int64_t>(out.counts.size()) - 1;
    const double scale = out.high > out.low ? 1.0 / out.binWidth() : 0.0;
    for (const float value : values)
        if (std::isfinite(value)) {
            const auto bin = static_cast<std::int64_t>((static_cast<double>(value) - out.low) * scale);
            ++out.counts[static_cast<std::size_t>(std::clamp<std::int64_t>(bin, 0, last))];
        }
}

}  // namespace

bool hasCodes(const Checkpoint& checkpoint, const std::string& name) {
    const auto* tensor = checkpoint.find(name);
    return tensor != nullptr && (isBlockType(tensor->type) ||
                                 (tensor->type == DType::i8 && scalesOf(checkpoint, name) != nullptr));
}

Result<TensorHistogram> tensorHistogram(const Checkpoint& checkpoint, const std::string& name,
                                        TensorValues kind, int bins, std::stop_token stop) {
    auto stream = ValueStream::create(checkpoint, name, kind);
    if (!stream)
        return stream.error();
    TensorHistogram out;
    double squares = 0.0;
    if (auto read = stream->forEach([&](const auto& values) { addMoments(values, out, squares); }, stop);
        !read)
        return read.error();
    out.deviation = out.values > 0 ? std::sqrt(squares / static_cast<double>(out.values)) : 0.0;
    if (kind == TensorValues::stored && hasCodes(checkpoint, name) && out.values > 0) {
        bins = static_cast<int>(out.high - out.low) + 1;  // one bin per code, centred on it
        out.low -= 0.5;
        out.high += 0.5;
    }
    out.counts.assign(static_cast<std::size_t>(std::max(1, bins)), 0);
    if (auto read = stream->forEach([&](const auto& values) { addCounts(values, out); }, stop); !read)
        return read.error();
    const auto& tensor = *checkpoint.find(name);
    if (tensor.contiguous())
        MappedFile::drop(tensor.data, tensor.bytes());
    return out;
}

}  // namespace engine
