#include "engine/checkpoint/pickle_reader.h"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <variant>

#include "engine/checkpoint/byte_cursor.h"
#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxStack = 1 << 20;
constexpr std::size_t kMaxMemo = 1 << 20;
constexpr std::size_t kMaxValues =
    1 << 20;  // of about 150 bytes; the largest released checkpoint needs under 100,000
constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxText = std::size_t{1} << 20;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kMaxKey = 64;  // storage keys are decimal numbers

enum class Global { rebuildTensor, rebuildParameter, orderedDict, storageType };

struct Value;
using ValuePtr = Value*;  // owned by the machine: a memo can make cycles and chains of any length

struct GlobalRef {
    Global which;
    DType type = DType::f32;
};
struct Storage {
    std::string key;
    DType type;
    std::int64_t elements;
};
struct List {
    std::vector<ValuePtr> items;
    bool tuple = false;
};
struct Dict {
    std::vector<std::pair<ValuePtr, ValuePtr>> items;
};
struct Mark {};
struct None {};

/// Everything that the allowed opcodes can build. `depth` is the nesting that was seen when children were
/// added.
struct Value {
    std::variant<None, Mark, bool, std::int64_t, double, std::string, List, Dict, GlobalRef, Storage,
                 PickledTensor>
        data;
    int depth = 0;
};

std::optional<GlobalRef> allowedGlobal(std::string_view module, std::string_view name) {
    static const std::map<std::string_view, DType> storages = {
        {"FloatStorage", DType::f32},   {"BFloat16Storage", DType::bf16}, {"HalfStorage", DType::f16},
        {"DoubleStorage", DType::f64},  {"CharStorage", DType::i8},       {"ByteStorage", DType::u8},
        {"ShortStorage", DType::i16},   {"IntStorage", DType::i32},       {"LongStorage", DType::i64},
        {"BoolStorage", DType::boolean}};
    if (module == "torch._utils" && name == "_rebuild_tensor_v2")
        return GlobalRef{Global::rebuildTensor};
    if (module == "torch._utils" && name == "_rebuild_parameter")
        return GlobalRef{Global::rebuildParameter};
    if (module == "collections" && name == "OrderedDict")
        return GlobalRef{Global::orderedDict};
    if (module == "torch")
        if (const auto at = storages.find(name); at != storages.end())
            return GlobalRef{Global::storageType, at->second};
    return std::nullopt;
}

class PickleMachine {
public:
    explicit PickleMachine(std::span<const std::byte> bytes) : cursor_(bytes) {}

    /// The object on the stack at STOP; lives as long as the machine.
    Result<ValuePtr> run() {
        for (;;) {
            opcodeOffset_ = cursor_.position();
            const auto opcode = cursor_.read<std::uint8_t>();
            if (!opcode)
                return fail("ends without STOP");
            if (*opcode == '.') {
                if (stack_.size() != 1)
                    return fail("leaves " + std::to_string(stack_.size()) + " objects at STOP");
                return stack_.back();
            }
            if (!step(*opcode))
                return *error_;
            if (stack_.size() > kMaxStack || values_.size() > kMaxValues)
                return fail("builds more objects than a state dict has");
        }
    }

private:
    Error fail(const std::string& what) {
        return {ErrorCode::corrupt, "pickle: " + what + " (offset " + std::to_string(opcodeOffset_) +
                                        "); this is not a plain state dict, and nothing in it was executed"};
    }
    bool refuse(const std::string& what) {
        if (!error_)
            error_ = fail(what);
        return false;
    }
    template <class T>
    ValuePtr make(T data) {
        return &values_.emplace_back(Value{std::move(data), 0});
    }
    bool push(ValuePtr value) {
        stack_.push_back(value);
        return true;
    }
    template <class T>
    bool pushNumber() {
        const auto value = cursor_.read<T>();
        return value ? push(make(static_cast<std::int64_t>(*value))) : refuse("is cut off");
    }
    ValuePtr pop() {
        if (stack_.empty() || std::holds_alternative<Mark>(stack_.back()->data))
            return nullptr;
        auto* value = stack_.back();
        stack_.pop_back();
        return value;
    }
    /// Everything above the topmost mark, which is removed too.
    std::optional<std::vector<ValuePtr>> popToMark() {
        for (std::size_t i = stack_.size(); i-- > 0;)
            if (std::holds_alternative<Mark>(stack_[i]->data)) {
                std::vector<ValuePtr> items(stack_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                            stack_.end());
                stack_.resize(i);
                return items;
            }
        return std::nullopt;
    }
    bool nest(Value& parent, const Value* child) {
        if (child == &parent)
            return refuse("contains itself");
        parent.depth = std::max(parent.depth, child->depth + 1);
        return parent.depth <= kMaxDepth || refuse("is nested deeper than 64");
    }

    bool step(std::uint8_t opcode) {
        switch (opcode) {
            case 0x80:  // PROTO
                return cursor_.read<std::uint8_t>() ? true : refuse("is cut off");
            case '}':  // EMPTY_DICT
                return push(make(Dict{}));
            case ']':  // EMPTY_LIST
                return push(make(List{}));
            case ')':  // EMPTY_TUPLE
                return push(make(List{{}, true}));
            case '(':  // MARK
                return push(make(Mark{}));
            case 'N':
                return push(make(None{}));
            case 0x88:  // NEWTRUE
                return push(make(true));
            case 0x89:  // NEWFALSE
                return push(make(false));
            case 'J':  // BININT
                return pushNumber<std::int32_t>();
            case 'K':  // BININT1
                return pushNumber<std::uint8_t>();
            case 'M':  // BININT2
                return pushNumber<std::uint16_t>();
            case 0x8a:  // LONG1
                return pushLong();
            case 'G':  // BINFLOAT
                return cursor_.take(8) ? push(make(0.0)) : refuse("is cut off");
            case 'X':  // BINUNICODE
                return pushText();
            case 'q':  // BINPUT
                return put(cursor_.read<std::uint8_t>());
            case 'r':  // LONG_BINPUT
                return put(cursor_.read<std::uint32_t>());
            case 'h':  // BINGET
                return get(cursor_.read<std::uint8_t>());
            case 'j':  // LONG_BINGET
                return get(cursor_.read<std::uint32_t>());
            case 't':  // TUPLE
                return tupleOf(popToMark());
            case 0x85:  // TUPLE1
                return fixedTuple(1);
            case 0x86:  // TUPLE2
                return fixedTuple(2);
            case 0x87:  // TUPLE3
                return fixedTuple(3);
            case 's':  // SETITEM
                return setItem();
            case 'u':  // SETITEMS
                return setItems();
            case 'a':  // APPEND
                return append();
            case 'e':  // APPENDS
                return appends();
            case 'c':  // GLOBAL
                return global();
            case 'R':  // REDUCE
                return reduce();
            case 'b':  // BUILD: attributes (an OrderedDict's _metadata) are skipped
                return pop() != nullptr && !stack_.empty() ? true : refuse("has nothing to build");
            case 'Q':  // BINPERSID
                return persistentId();
            default:
                return refuse("uses opcode " + std::to_string(opcode) + ", which state dicts do not need");
        }
    }

    bool pushLong() {
        const auto length = cursor_.read<std::uint8_t>();
        const auto bytes = length ? cursor_.take(*length) : std::nullopt;
        if (!bytes)
            return refuse("is cut off");
        if (bytes->size() > 8)
            return refuse("has an integer of more than 64 bits");
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes->size(); ++i)
            value |= std::to_integer<std::uint64_t>((*bytes)[i]) << (8 * i);
        if (!bytes->empty() && bytes->size() < 8 && (std::to_integer<int>(bytes->back()) & 0x80))
            value |= ~std::uint64_t{0} << (8 * bytes->size());
        return push(make(static_cast<std::int64_t>(value)));
    }

    bool pushText() {
        const auto length = cursor_.read<std::uint32_t>();
        if (!length || *length > kMaxText)
            return refuse("has a text that is cut off or longer than 1 MiB");
        const auto text = cursor_.text(*length);
        if (!text)
            return refuse("is cut off");
        return isUtf8(*text) ? push(make(std::string(*text))) : refuse("has a text that is not UTF-8");
    }

    template <class T>
    bool put(std::optional<T> index) {
        if (!index || stack_.empty() || std::holds_alternative<Mark>(stack_.back()->data))
            return refuse("stores nothing");
        if (memo_.size() >= kMaxMemo)
            return refuse("remembers too many objects");
        memo_[*index] = stack_.back();
        return true;
    }
    template <class T>
    bool get(std::optional<T> index) {
        const auto at = index ? memo_.find(*index) : memo_.end();
        return at != memo_.end() ? push(at->second) : refuse("recalls an object that was never stored");
    }

    bool tupleOf(std::optional<std::vector<ValuePtr>> items) {
        if (!items)
            return refuse("has no mark");
        auto* tuple = make(List{*items, true});
        for (const auto* item : *items)
            if (!nest(*tuple, item))
                return false;
        return push(tuple);
    }
    bool fixedTuple(std::size_t count) {
        std::vector<ValuePtr> items(count);
        for (std::size_t i = count; i-- > 0;)
            if (items[i] = pop(); !items[i])
                return refuse("has too few objects for a tuple");
        return tupleOf(std::move(items));
    }

    Dict* dictOnTop() { return stack_.empty() ? nullptr : std::get_if<Dict>(&stack_.back()->data); }
    bool setItem() {
        auto* value = pop();
        auto* key = value != nullptr ? pop() : nullptr;
        auto* dict = dictOnTop();
        if (!value || !key || dict == nullptr)
            return refuse("sets an item of something that is no dict");
        dict->items.emplace_back(key, value);
        return nest(*stack_.back(), value);
    }
    bool setItems() {
        auto items = popToMark();
        auto* dict = dictOnTop();
        if (!items || dict == nullptr || items->size() % 2 != 0)
            return refuse("sets items of something that is no dict");
        for (std::size_t i = 0; i < items->size(); i += 2) {
            dict->items.emplace_back((*items)[i], (*items)[i + 1]);
            if (!nest(*stack_.back(), (*items)[i + 1]))
                return false;
        }
        return true;
    }
    List* listOnTop() { return stack_.empty() ? nullptr : std::get_if<List>(&stack_.back()->data); }
    bool append() {
        auto* value = pop();
        auto* list = listOnTop();
        if (!value || list == nullptr || list->tuple)
            return refuse("appends to something that is no list");
        list->items.push_back(value);
        return nest(*stack_.back(), value);
    }
    bool appends() {
        auto items = popToMark();
        auto* list = listOnTop();
        if (!items || list == nullptr || list->tuple)
            return refuse("appends to something that is no list");
        for (auto* item : *items) {
            list->items.push_back(item);
            if (!nest(*stack_.back(), item))
                return false;
        }
        return true;
    }

    std::optional<std::string> line() {
        std::string text;
        while (const auto c = cursor_.read<char>()) {
            if (*c == '\n')
                return text;
            if (text.size() > 256)
                return std::nullopt;
            text += *c;
        }
        return std::nullopt;
    }
    static std::string shown(const std::string& name) { return isPlainName(name) ? name : std::string("?"); }
    bool global() {
        const auto module = line();
        const auto name = module ? line() : std::nullopt;
        if (!name)
            return refuse("is cut off in a name");
        const auto allowed = allowedGlobal(*module, *name);
        if (!allowed)
            return refuse("wants to import '" + shown(*module) + "." + shown(*name) +
                          "', which is not a tensor type");
        return push(make(*allowed));
    }

    bool persistentId() {
        const auto* id = pop();
        const auto* tuple = id ? std::get_if<List>(&id->data) : nullptr;
        if (tuple == nullptr || tuple->items.size() != 5)
            return refuse("has a storage that is not described by five values");
        const auto* kind = std::get_if<std::string>(&tuple->items[0]->data);
        const auto* type = std::get_if<GlobalRef>(&tuple->items[1]->data);
        const auto* key = std::get_if<std::string>(&tuple->items[2]->data);
        const auto* elements = std::get_if<std::int64_t>(&tuple->items[4]->data);
        if (kind == nullptr || *kind != "storage" || type == nullptr || type->which != Global::storageType ||
            key == nullptr || key->size() > kMaxKey || elements == nullptr || *elements < 0)
            return refuse("has a damaged storage description");
        return push(make(Storage{*key, type->type, *elements}));
    }

    bool reduce() {
        const auto* arguments = pop();
        auto* callable = arguments != nullptr ? pop() : nullptr;
        const auto* ref = callable ? std::get_if<GlobalRef>(&callable->data) : nullptr;
        const auto* tuple = arguments ? std::get_if<List>(&arguments->data) : nullptr;
        if (ref == nullptr || tuple == nullptr || !tuple->tuple)
            return refuse("calls something that is no tensor constructor");
        switch (ref->which) {
            case Global::orderedDict:
                return tuple->items.empty() ? push(make(Dict{}))
                                            : refuse("fills an OrderedDict in an unusual way");
            case Global::rebuildTensor:
                return rebuildTensor(tuple->items);
            case Global::rebuildParameter:
                if (tuple->items.empty() || !std::holds_alternative<PickledTensor>(tuple->items[0]->data))
                    return refuse("has a parameter without a tensor");
                return push(tuple->items[0]);
            case Global::storageType:
                break;
        }
        return refuse("calls a storage type");
    }

    static std::optional<std::vector<std::int64_t>> integers(const Value& value) {
        const auto* list = std::get_if<List>(&value.data);
        if (list == nullptr || list->items.size() > kMaxRank)
            return std::nullopt;
        std::vector<std::int64_t> numbers;
        for (const auto* item : list->items) {
            const auto* number = std::get_if<std::int64_t>(&item->data);
            if (number == nullptr || *number < 0)
                return std::nullopt;
            numbers.push_back(*number);
        }
        return numbers;
    }

    bool rebuildTensor(const std::vector<ValuePtr>& arguments) {
        if (arguments.size() < 6 || arguments.size() > 7)
            return refuse("rebuilds a tensor from " + std::to_string(arguments.size()) + " values");
        const auto* storage = std::get_if<Storage>(&arguments[0]->data);
        const auto* offset = std::get_if<std::int64_t>(&arguments[1]->data);
        auto shape = integers(*arguments[2]);
        auto strides = integers(*arguments[3]);
        if (storage == nullptr || offset == nullptr || *offset < 0 || !shape || !strides ||
            shape->size() != strides->size())
            return refuse(
                "has a tensor whose storage, offset, size or stride is damaged (negative, of different rank "
                "or above 8)");
        return push(make(PickledTensor{storage->key, storage->type, storage->elements, *offset,
                                       std::move(*shape), std::move(*strides)}));
    }

    ByteCursor cursor_;
    std::size_t opcodeOffset_ = 0;
    std::deque<Value> values_;  // every object ever made; addresses stay
    std::vector<ValuePtr> stack_;
    std::map<std::uint64_t, ValuePtr> memo_;
    std::optional<Error> error_;
};

Error shapeError(const std::string& what) {
    return {ErrorCode::corrupt, "pickle: " + what};
}

Result<std::vector<std::pair<std::string, PickledTensor>>> tensorsOf(const Dict& dict) {
    std::vector<std::pair<std::string, PickledTensor>> tensors;
    std::set<std::string_view> names;
    for (const auto& [key, value] : dict.items) {
        const auto* name = std::get_if<std::string>(&key->data);
        const auto* tensor = std::get_if<PickledTensor>(&value->data);
        if (name == nullptr || !isPlainName(*name))
            return shapeError("a key of the state dict is not a short text");
        if (!names.insert(*name).second)
            return shapeError("entry '" + *name + "' of the state dict occurs twice");
        if (tensor == nullptr)
            return shapeError("entry '" + *name + "' of the state dict is not a tensor");
        tensors.emplace_back(*name, *tensor);
    }
    return tensors;
}

}  // namespace

Result<std::vector<std::pair<std::string, PickledTensor>>> readPickle(std::span<const std::byte> pickle) {
    PickleMachine machine(pickle);
    auto top = machine.run();
    if (!top)
        return top.error();
    const auto* dict = std::get_if<Dict>(&(*top)->data);
    if (dict == nullptr)
        return shapeError("the top object is not a dict of tensors");
    if (dict->items.size() == 1) {
        const auto* name = std::get_if<std::string>(&dict->items[0].first->data);
        const auto* inner = std::get_if<Dict>(&dict->items[0].second->data);
        if (name != nullptr && *name == "model" && inner != nullptr)
            return tensorsOf(*inner);
    }
    return tensorsOf(*dict);
}

}  // namespace engine
