#pragma once

#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/float_types.h"
#include "engine/checkpoint/pickle_writer.h"
#include "engine/checkpoint/tensor_fill.h"

namespace engine::train {

/// Tensors of a file that is written: their bytes are made when their turn comes, one tensor in memory at a
/// time.
class WrittenTensors {
public:
    using Make = std::function<std::vector<std::byte>()>;

    void add(NamedTensor tensor, Make make) {
        bytes_ += tensor.sharedWith ? 0 : tensor.bytes();
        tensors_.push_back(std::move(tensor));
        makers_.push_back(std::move(make));
    }
    /// BF16 of the floats that `make` gives.
    void addBf16(const std::string& name, std::vector<std::int64_t> shape,
                 std::function<std::vector<float>()> make) {
        add({name, DType::bf16, std::move(shape), {}}, [make = std::move(make)] {
            const auto values = make();
            std::vector<std::byte> bytes(values.size() * 2);
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto half = toBf16(values[i]);
                std::memcpy(bytes.data() + i * 2, &half, 2);
            }
            return bytes;
        });
    }

    /// Every name becomes what `rename` makes of it.
    void rename(const std::function<std::string(const std::string&)>& rename) {
        for (auto& tensor : tensors_)
            tensor.name = rename(tensor.name);
    }

    const std::vector<NamedTensor>& tensors() const { return tensors_; }
    std::int64_t bytes() const { return bytes_; }
    /// To be called in order, as writers do.
    TensorFill fill() {
        return [this](std::size_t index, std::size_t offset, std::span<std::byte> out) {
            if (index != current_ || offset == 0) {
                data_ = makers_[index]();
                current_ = index;
            }
            std::memcpy(out.data(), data_.data() + offset, out.size());
        };
    }

private:
    std::vector<NamedTensor> tensors_;
    std::vector<Make> makers_;
    std::int64_t bytes_ = 0;
    std::size_t current_ = SIZE_MAX;
    std::vector<std::byte> data_;
};

/// The bytes of plain numbers.
template <class T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

}  // namespace engine::train
