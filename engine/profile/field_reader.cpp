#include "engine/profile/field_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace engine {
namespace {

using Kind = YamlValue::Kind;

std::string rangeText(double low, double high) {
    char text[96];
    std::snprintf(text, sizeof text, "from %g to %g", low, high);
    return text;
}

std::string rangeText(std::int64_t low, std::int64_t high) {
    return "from " + std::to_string(low) + " to " + std::to_string(high);
}

/// What a person sees of a value in a message.
std::string shown(const YamlValue& value) {
    constexpr std::size_t kMost = 40;
    switch (value.kind) {
        case Kind::null:
            return "nothing";
        case Kind::list:
            return "a list";
        case Kind::map:
            return "a map";
        case Kind::scalar:
            break;
    }
    return "'" + (value.text.size() > kMost ? value.text.substr(0, kMost) + "…" : value.text) + "'";
}

template <class T>
std::optional<T> whole(const std::string& text) {
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

}  // namespace

FieldReader::FieldReader(const YamlValue& map, std::string file, Places places)
    : map_(map), file_(std::move(file)), places_(places) {
    if (map.kind != Kind::map)
        fail({ErrorCode::corrupt,
              place(map.line, map.column) + "expected a map of keys and values, found " + shown(map)});
}

std::string FieldReader::place(int line, int column) const {
    const auto text = file_ + ":" + std::to_string(line) + ": ";
    return places_ == Places::lines ? text : text.substr(0, text.size() - 1) + std::to_string(column) + ": ";
}

const YamlValue* FieldReader::find(std::string_view key) {
    known_.emplace_back(key);
    const auto at = std::find_if(map_.entries.begin(), map_.entries.end(),
                                 [&](const auto& entry) { return entry.first == key; });
    return at == map_.entries.end() ? nullptr : &at->second;
}

void FieldReader::fail(Error error) {
    if (!error_)
        error_ = std::move(error);
}

void FieldReader::complain(const YamlValue& at, std::string_view key, const std::string& expected) {
    fail({ErrorCode::corrupt, place(at.line, at.column) + "key '" + std::string(key) + "': " + expected});
}

void FieldReader::refuse(std::string_view key, const std::string& expected) {
    const auto* value = find(key);
    complain(value != nullptr ? *value : map_, key, expected);
}

std::optional<double> FieldReader::toNumber(const YamlValue& value) const {
    const auto number = value.kind == Kind::scalar ? whole<double>(value.text) : std::nullopt;
    return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::int64_t> FieldReader::toInteger(const YamlValue& value) const {
    return value.kind == Kind::scalar ? whole<std::int64_t>(value.text) : std::nullopt;
}

void FieldReader::number(std::string_view key, double low, double high, double& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    const auto number = toNumber(*value);
    if (!number || *number < low || *number > high)
        complain(*value, key, "expected a number " + rangeText(low, high) + ", found " + shown(*value));
    else
        target = *number;
}

void FieldReader::number(std::string_view key, double low, double high, float& target) {
    auto wide = static_cast<double>(target);
    number(key, low, high, wide);
    target = static_cast<float>(wide);
}

void FieldReader::integer(std::string_view key, std::int64_t low, std::int64_t high, std::int64_t& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    const auto number = toInteger(*value);
    if (!number || *number < low || *number > high)
        complain(*value, key, "expected a whole number " + rangeText(low, high) + ", found " + shown(*value));
    else
        target = *number;
}

void FieldReader::integers(std::string_view key, std::int64_t low, std::int64_t high,
                           std::vector<std::int64_t>& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    std::vector<std::int64_t> numbers;
    const auto take = [&](const YamlValue& item) {
        const auto number = toInteger(item);
        if (!number || *number < low || *number > high) {
            complain(item, key, "expected whole numbers " + rangeText(low, high) + ", found " + shown(item));
            return;
        }
        numbers.push_back(*number);
    };
    if (value->kind == Kind::list)
        std::for_each(value->items.begin(), value->items.end(), take);
    else
        take(*value);
    target = std::move(numbers);
}

void FieldReader::flag(std::string_view key, bool& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (value->kind == Kind::scalar && (value->text == "true" || value->text == "false"))
        target = value->text == "true";
    else
        complain(*value, key, "expected true or false, found " + shown(*value));
}

void FieldReader::text(std::string_view key, std::string& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (value->kind == Kind::scalar && !value->text.empty())
        target = value->text;
    else
        complain(*value, key, "expected a text, found " + shown(*value));
}

void FieldReader::texts(std::string_view key, std::vector<std::string>& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    std::vector<std::string> list;
    if (value->kind == Kind::scalar)
        list.push_back(value->text);
    for (const auto& item : value->items) {
        if (item.kind != Kind::scalar)
            complain(item, key, "expected a list of texts, found " + shown(item));
        list.push_back(item.text);
    }
    if (list.empty())
        complain(*value, key, "expected a list of texts, found " + shown(*value));
    target = std::move(list);
}

void FieldReader::texts(std::string_view key, const std::function<bool(const std::string&)>& accepts,
                        const std::string& expected, std::vector<std::string>& target) {
    std::vector<std::string> list;
    texts(key, list);
    const auto* value = find(key);
    if (value == nullptr || list.empty())
        return;
    for (std::size_t i = 0; i < list.size(); ++i)
        if (!accepts(list[i])) {
            const auto& item = value->kind == Kind::list ? value->items[i] : *value;
            complain(item, key, "expected " + expected + ", found " + shown(item));
        }
    target = std::move(list);
}

void FieldReader::choice(std::string_view key, const std::vector<std::string_view>& words,
                         std::size_t& target) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    const auto at =
        std::find(words.begin(), words.end(), value->kind == Kind::scalar ? value->text : std::string());
    if (at != words.end()) {
        target = static_cast<std::size_t>(at - words.begin());
        return;
    }
    std::string list;
    for (const auto& word : words)
        list += (list.empty() ? "" : ", ") + std::string(word);
    complain(*value, key, "expected one of " + list + ", found " + shown(*value));
}

const YamlValue* FieldReader::nested(std::string_view key, Kind kind) {
    const auto* value = find(key);
    if (value != nullptr && value->kind != kind) {
        complain(
            *value, key,
            std::string("expected a ") + (kind == Kind::map ? "map" : "list") + ", found " + shown(*value));
        return nullptr;
    }
    return value;
}

void FieldReader::require(std::string_view key) {
    if (find(key) == nullptr && !missing_)
        missing_ = Error{ErrorCode::corrupt,
                         place(map_.line, map_.column) + "the key '" + std::string(key) + "' is missing"};
}

Result<void> FieldReader::finish() {
    for (const auto& entry : map_.entries)
        if (std::find(known_.begin(), known_.end(), entry.first) == known_.end()) {
            std::sort(known_.begin(), known_.end());
            known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
            std::string list;
            for (const auto& word : known_)
                list += (list.empty() ? "" : ", ") + word;
            fail({ErrorCode::corrupt, place(entry.line, entry.column) + "key '" + entry.first +
                                          "': is not known here; the keys are " + list});
            break;
        }
    if (!error_)
        error_ = missing_;  // after the unknown keys: a misspelt key is named as it stands in the file
    if (error_)
        return *error_;
    return {};
}

}  // namespace engine
