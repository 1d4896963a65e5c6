#include "engine/model/packed_matrix.h"

#include <algorithm>
#include <cstring>

#include "engine/base/float_types.h"
#include "engine/base/mapped_file.h"
#include "engine/checkpoint/coded_weight.h"

namespace engine {
namespace {

using kernels::kTileRows;
using DenseType = kernels::matmul_dense::WeightType;
using Int4Scales = kernels::matmul_int4::ScaleType;

/// Where a weight lies in the file and how it will be stored; scales are not read yet.
struct Form {
    const Tensor* weight = nullptr;
    const Tensor* scales = nullptr;  // [rows, groups]; null for GGUF blocks and floats
    std::int64_t groups = 0;
    std::int64_t groupSize = 0;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    PackedMatrix::Scheme scheme = PackedMatrix::Scheme::dense;
    DenseType denseType = DenseType::f32;
    bool dequantize = false;  // dense from quantized values
};

/// A form with its scales.
struct Source : Form {
    std::vector<float> scaleValues;  // [rows, groups]
    Int4Scales int4Scales = Int4Scales::f32;
};

DenseType denseTypeOf(DType type) {
    if (type == DType::bf16)
        return DenseType::bf16;
    return type == DType::f16 ? DenseType::f16 : DenseType::f32;
}

Result<Form> formOf(const Checkpoint& checkpoint, const std::string& name, const PackOptions& options) {
    auto weight = checkpoint.require(name);
    if (!weight)
        return weight.error();
    Form form;
    form.weight = *weight;
    if ((*weight)->shape.size() != 2)
        return Error{ErrorCode::corrupt,
                     name + " has " + std::to_string((*weight)->shape.size()) + " dims, expected 2"};
    form.rows = (*weight)->shape[0];
    form.cols = (*weight)->shape[1];
    const bool weightOnly = options.quantized == QuantizedArithmetic::weightOnly;
    switch ((*weight)->type) {
        case DType::i8: {
            const auto dot = name.rfind('.');
            auto scales = checkpoint.require(name.substr(0, dot) + ".scales");
            if (!scales)
                return scales.error();
            form.scales = *scales;
            form.groups = (*scales)->shape.size() == 2 ? (*scales)->shape[1] : 1;
            if (form.groups < 1 || (*scales)->elements() != form.rows * form.groups)
                return Error{ErrorCode::corrupt, name + ": scales do not fit the weight's " +
                                                     std::to_string(form.rows) + " rows"};
            const bool int4 = checkpoint.schemeOf(name).starts_with("int4_g");
            form.groupSize = int4 ? checkpoint.config.groupSize : form.cols;
            form.scheme = int4 ? PackedMatrix::Scheme::int4 : PackedMatrix::Scheme::int8;
            form.dequantize = weightOnly;
            break;
        }
        case DType::q4_0:
            form.scheme = PackedMatrix::Scheme::int4;
            form.groupSize = 32;
            form.groups = form.cols / 32;
            form.dequantize = weightOnly || options.exact;
            break;
        case DType::coded: {
            const auto& scheme = (*weight)->coded->scheme();
            // Two and three bits are whole numbers of four, too.
            const bool int4 = scheme.kind == WeightScheme::Kind::groups && scheme.symmetric &&
                              scheme.bits <= 4 && scheme.groupSize % 32 == 0;
            if (int4) {
                form.scheme = PackedMatrix::Scheme::int4;
                form.groupSize = scheme.groupSize;
                form.groups = scheme.groups(form.cols);
            }
            form.dequantize = int4 && (weightOnly || options.exact);
            form.denseType = weightOnly || options.exact ? DenseType::f32 : DenseType::bf16;
            break;
        }
        case DType::q8_0:  // per-group int8 has no kernel of its own: 16-bit floats hold the values to 3
                           // digits
            form.denseType = weightOnly || options.exact ? DenseType::f32 : DenseType::bf16;
            break;
        default:
            form.denseType = denseTypeOf((*weight)->type);
    }
    if (form.dequantize) {
        form.scheme = PackedMatrix::Scheme::dense;
        form.denseType = DenseType::f32;
    }
    return form;
}

Source readScales(const Form& form, const PackOptions& options) {
    Source source;
    static_cast<Form&>(source) = form;
    if (form.scales != nullptr) {
        source.scaleValues = toFloats(*form.scales);
        if (form.scales->contiguous())
            MappedFile::drop(form.scales->data, form.scales->bytes());
    }
    if (form.weight->type == DType::q4_0)
        source.int4Scales = Int4Scales::f16;  // as in the file
    else if (form.weight->type == DType::coded)
        source.int4Scales = form.weight->coded->scalesInF16() ? Int4Scales::f16 : Int4Scales::f32;
    else if (!options.exact &&
             std::all_of(source.scaleValues.begin(), source.scaleValues.end(), kernels::matmul_int4::fitsF16))
        source.int4Scales = Int4Scales::f16;
    return source;
}

std::size_t tileBytesOf(const Form& form, Int4Scales int4Scales, const KernelPlan& plan) {
    switch (form.scheme) {
        case PackedMatrix::Scheme::int4:
            return plan.matmulInt4->fn.tileBytes(int4Scales, form.cols);
        case PackedMatrix::Scheme::int8:
            return plan.matmulInt8->fn.tileBytes(form.cols);
        case PackedMatrix::Scheme::dense:
            break;
    }
    return plan.matmulDense->fn.tileBytes(form.denseType, form.cols);
}

/// Everything but the contents.
Result<PackedMatrix> allocate(const Form& form, Int4Scales int4Scales, const std::string& name,
                              const KernelPlan& plan) {
    PackedMatrix out;
    out.scheme = form.scheme;
    out.denseType = form.denseType;
    out.int4Scales = int4Scales;
    out.rows = form.rows;
    out.cols = form.cols;
    out.tileBytes = tileBytesOf(form, int4Scales, plan);
    const auto bytes = out.tileBytes * static_cast<std::size_t>(out.tiles());
    out.packed = AlignedBuffer(bytes);
    if (out.packed.data() == nullptr)
        return Error{ErrorCode::outOfMemory, name + ": no memory for " + std::to_string(bytes) + " bytes"};
    if (out.scheme == PackedMatrix::Scheme::int8) {
        out.scales.resize(static_cast<std::size_t>(out.tiles() * kTileRows));
        out.rowSums.resize(static_cast<std::size_t>(out.tiles() * kTileRows));
    }
    return out;
}

/// One thread's scratch and the steps that bring rows of any source into one tile.
class TilePacker {
public:
    TilePacker(const Source& source, const KernelPlan& plan, PackedMatrix& out)
        : source_(source), plan_(plan), out_(out) {}

    /// False when an int4 value is out of range; badRow() tells where.
    bool packTile(std::int64_t tile) {
        const std::int64_t row = tile * kTileRows;
        const std::int64_t rows = std::min(kTileRows, source_.rows - row);
        auto* target = out_.packed.data() + static_cast<std::size_t>(tile) * out_.tileBytes;
        if (source_.scheme == PackedMatrix::Scheme::dense) {
            packDense(row, rows, target);
            return true;
        }
        const std::int8_t* values = loadValues(row, rows);
        if (source_.scheme == PackedMatrix::Scheme::int8) {
            for (std::int64_t r = 0; r < rows; ++r) {
                std::int32_t sum = 0;
                for (std::int64_t c = 0; c < source_.cols; ++c)
                    sum += values[r * source_.cols + c];
                out_.rowSums[static_cast<std::size_t>(row + r)] = sum;
            }
            plan_.matmulInt8->fn.packTile(values, source_.cols, rows, source_.cols, target);
            return true;
        }
        if (source_.weight->type == DType::i8 && !int4Range(values, row, rows))
            return false;
        const float* scales = source_.scales == nullptr ? tileScales_.data()
                                                        : source_.scaleValues.data() + row * source_.groups;
        plan_.matmulInt4->fn.packTile(values, source_.cols, scales, source_.groups, source_.groupSize,
                                      source_.int4Scales, rows, source_.cols, target);
        return true;
    }

    std::int64_t badRow() const { return badRow_; }

private:
    bool int4Range(const std::int8_t* values, std::int64_t row, std::int64_t rows) {
        for (std::int64_t i = 0; i < rows * source_.cols; ++i)
            if (values[i] < -8 || values[i] > 7) {
                badRow_ = row + i / source_.cols;
                return false;
            }
        return true;
    }

    const std::int8_t* loadValues(std::int64_t row, std::int64_t rows) {
        const auto count = static_cast<std::size_t>(rows * source_.cols);
        if (source_.weight->type == DType::q4_0)
            return unpackQ4(row, rows);
        if (source_.weight->type == DType::coded) {
            values_.resize(count);
            tileScales_.resize(static_cast<std::size_t>(rows * source_.groups));
            source_.weight->coded->integers(row, row + rows, values_.data(), tileScales_.data());
            return values_.data();
        }
        if (source_.weight->contiguous())
            return reinterpret_cast<const std::int8_t*>(source_.weight->data) + row * source_.cols;
        floats_.resize(count);
        rowsToFloats(*source_.weight, row, row + rows, floats_.data());
        values_.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            values_[i] = static_cast<std::int8_t>(floats_[i]);
        return values_.data();
    }

    const std::int8_t* unpackQ4(std::int64_t row, std::int64_t rows) {
        constexpr std::int64_t kBlockBytes = 18;
        values_.resize(static_cast<std::size_t>(rows * source_.cols));
        tileScales_.resize(static_cast<std::size_t>(rows * source_.groups));
        for (std::int64_t b = 0; b < rows * source_.groups; ++b) {
            const auto* block = reinterpret_cast<const std::uint8_t*>(source_.weight->data) +
                                (row * source_.groups + b) * kBlockBytes;
            std::uint16_t scale = 0;
            std::memcpy(&scale, block, 2);
            tileScales_[static_cast<std::size_t>(b)] = fromF16(scale);
            for (int i = 0; i < 16; ++i) {
                values_[static_cast<std::size_t>(b * 32 + i)] =
                    static_cast<std::int8_t>((block[2 + i] & 15) - 8);
                values_[static_cast<std::size_t>(b * 32 + 16 + i)] =
                    static_cast<std::int8_t>((block[2 + i] >> 4) - 8);
            }
        }
        return values_.data();
    }

    void packDense(std::int64_t row, std::int64_t rows, std::byte* target) {
        const bool direct = !source_.dequantize && source_.weight->contiguous() &&
                            denseTypeOf(source_.weight->type) == source_.denseType &&
                            itemSize(source_.weight->type) == (source_.denseType == DenseType::f32 ? 4U : 2U);
        const auto pack = plan_.matmulDense->fn.packTile;
        if (direct) {
            const auto* begin = source_.weight->data +
                                static_cast<std::size_t>(row * source_.cols) * itemSize(source_.weight->type);
            pack(source_.denseType, begin, source_.cols, rows, source_.cols, target);
            return;
        }
        const auto count = static_cast<std::size_t>(rows * source_.cols);
        floats_.resize(count);
        rowsToFloats(*source_.weight, row, row + rows, floats_.data());
        if (source_.dequantize && source_.weight->type == DType::i8)
            for (std::int64_t r = 0; r < rows; ++r)
                for (std::int64_t c = 0; c < source_.cols; ++c)
                    floats_[static_cast<std::size_t>(r * source_.cols + c)] *=
                        source_.scaleValues[static_cast<std::size_t>((row + r) * source_.groups +
                                                                     c / source_.groupSize)];
        if (source_.denseType == DenseType::f32) {
            pack(source_.denseType, floats_.data(), source_.cols, rows, source_.cols, target);
            return;
        }
        halves_.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            halves_[i] = source_.denseType == DenseType::bf16 ? toBf16(floats_[i]) : toF16(floats_[i]);
        pack(source_.denseType, halves_.data(), source_.cols, rows, source_.cols, target);
    }

    const Source& source_;
    const KernelPlan& plan_;
    PackedMatrix& out_;
    std::vector<std::int8_t> values_;
    std::vector<float> floats_;
    std::vector<float> tileScales_;
    std::vector<std::uint16_t> halves_;
    std::int64_t badRow_ = -1;
};

}  // namespace

std::int64_t PackedMatrix::bytes() const {
    return static_cast<std::int64_t>(packed.size() + scales.size() * 4 + rowSums.size() * 4);
}

Result<std::int64_t> packedBytes(const Checkpoint& checkpoint, const std::string& name,
                                 const KernelPlan& plan, const PackOptions& options) {
    auto form = formOf(checkpoint, name, options);
    if (!form)
        return form.error();
    return static_cast<std::int64_t>(
               tileBytesOf(*form, options.exact ? Int4Scales::f32 : Int4Scales::f16, plan)) *
           kernels::tilesOf(form->rows);
}

Result<PackedMatrix> pack(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                          const PackOptions& options, ThreadTeam& team) {
    auto form = formOf(checkpoint, name, options);
    if (!form)
        return form.error();
    const Source source = readScales(*form, options);
    auto allocated = allocate(source, source.int4Scales, name, plan);
    if (!allocated)
        return allocated.error();
    PackedMatrix out = std::move(*allocated);
    if (out.scheme == PackedMatrix::Scheme::int8)
        std::copy(source.scaleValues.begin(), source.scaleValues.end(), out.scales.begin());

    const auto tiles = out.tiles();
    std::atomic<std::int64_t> badRow{-1};
    // Dropping the file's pages behind the packer keeps resident memory at one copy of the weights.
    constexpr std::int64_t kDropBytes = 8 << 20;
    const auto sourceTileBytes =
        static_cast<std::int64_t>(source.weight->bytes()) / std::max<std::int64_t>(1, tiles);
    const auto tilesPerDrop =
        std::max<std::int64_t>(1, kDropBytes / std::max<std::int64_t>(1, sourceTileBytes));
    team.run([&](const TeamMember& member) {
        TilePacker packer(source, plan, out);
        // The grain with which products are shared out: who packs a tile reads it, on its own NUMA node.
        const auto [begin, end] = member.share(tiles, 2);
        std::int64_t dropped = begin;
        for (std::int64_t tile = begin; tile < end; ++tile) {
            if (!packer.packTile(tile)) {
                badRow = packer.badRow();
                return;
            }
            if (tile + 1 - dropped >= tilesPerDrop || tile + 1 == end) {
                if (source.weight->contiguous())
                    MappedFile::drop(source.weight->data + dropped * sourceTileBytes,
                                     static_cast<std::size_t>((tile + 1 - dropped) * sourceTileBytes));
                dropped = tile + 1;
            }
        }
    });
    if (badRow >= 0)
        return Error{ErrorCode::corrupt, name + ": a value of row " + std::to_string(badRow) +
                                             " is outside -8..7, so it is not a 4-bit weight"};
    return out;
}

Result<PackedMatrix> packedLike(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                                const PackOptions& options, Int4Scales int4Scales) {
    auto form = formOf(checkpoint, name, options);
    if (!form)
        return form.error();
    return allocate(*form, int4Scales, name, plan);
}

}  // namespace engine
