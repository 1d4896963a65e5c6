#include "engine/checkpoint/pickle_writer.h"

#include <cassert>
#include <cstring>

namespace engine {
namespace {

const char* storageName(DType type) {
    switch (type) {
        case DType::f64:
            return "DoubleStorage";
        case DType::f32:
            return "FloatStorage";
        case DType::f16:
            return "HalfStorage";
        case DType::bf16:
            return "BFloat16Storage";
        case DType::i64:
            return "LongStorage";
        case DType::i32:
            return "IntStorage";
        case DType::i16:
            return "ShortStorage";
        case DType::i8:
            return "CharStorage";
        case DType::u8:
            return "ByteStorage";
        case DType::boolean:
            return "BoolStorage";
        case DType::q8_0:
        case DType::q4_0:
        case DType::coded:
            break;
    }
    assert(false && "block types have no storage");
    return "";
}

/// Pickle opcodes, protocol 2 (Python's pickletools has their meaning).
class Pickler {
public:
    void op(char code) { out_ += code; }
    void global(const std::string& module, const std::string& name) {
        out_ += "c" + module + "\n" + name + "\n";
    }
    void text(const std::string& value) {
        op('X');
        raw(static_cast<std::uint32_t>(value.size()));
        out_ += value;
    }
    void integer(std::int64_t value) {
        if (value >= 0 && value < 256) {
            op('K');
            out_ += static_cast<char>(value);
        } else if (value >= INT32_MIN && value <= INT32_MAX) {
            op('J');
            raw(static_cast<std::int32_t>(value));
        } else {
            op('\x8a');  // LONG1
            op(8);
            raw(value);
        }
    }
    void tuple(const std::vector<std::int64_t>& values) {
        op('(');
        for (const auto value : values)
            integer(value);
        op('t');
    }
    std::string take() { return std::move(out_); }

private:
    template <class T>
    void raw(T value) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        out_.append(bytes, sizeof value);
    }

    std::string out_;
};

void writeTensor(Pickler& out, const NamedTensor& tensor, std::size_t key) {
    out.global("torch._utils", "_rebuild_tensor_v2");
    out.op('(');
    out.op('(');
    out.text("storage");
    out.global("torch", storageName(tensor.type));
    out.text(std::to_string(key));
    out.text("cpu");
    out.integer(tensor.elements());
    out.op('t');
    out.op('Q');  // BINPERSID
    out.integer(0);
    out.tuple(tensor.shape);
    out.tuple(*rowMajorStrides(tensor.shape));
    out.op('\x89');  // NEWFALSE: requires_grad
    out.global("collections", "OrderedDict");
    out.op(')');
    out.op('R');
    out.op('t');
    out.op('R');
}

}  // namespace

std::int64_t NamedTensor::elements() const {
    std::int64_t count = 1;
    for (const auto extent : shape)
        count *= extent;
    return count;
}

std::string pickleStateDict(const std::vector<NamedTensor>& tensors) {
    Pickler out;
    out.op('\x80');  // PROTO
    out.op(2);
    out.op('}');
    out.op('(');
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        out.text(tensors[i].name);
        writeTensor(out, tensors[i], tensors[i].sharedWith.value_or(i));
    }
    out.op('u');  // SETITEMS
    out.op('.');
    return out.take();
}

}  // namespace engine
