#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/profile/yaml_value.h"

namespace engine {

/// Reads the fields of one map by name and type. The first thing that is wrong is kept with file, line, key
/// and expectation; finish() tells it, and names keys that nobody asked for. A field that is absent leaves
/// its target alone.
class FieldReader {
public:
    /// How a message says where: "file:line:" or "file:line:column:".
    enum class Places { lines, columns };

    FieldReader(const YamlValue& map, std::string file, Places places = Places::lines);

    void number(std::string_view key, double low, double high, double& target);
    void number(std::string_view key, double low, double high, float& target);
    void integer(std::string_view key, std::int64_t low, std::int64_t high, std::int64_t& target);
    void integers(std::string_view key, std::int64_t low, std::int64_t high,
                  std::vector<std::int64_t>& target);
    void flag(std::string_view key, bool& target);
    void text(std::string_view key, std::string& target);
    void texts(std::string_view key, std::vector<std::string>& target);
    /// Texts that `accepts`; `expected` says in a message what they are.
    void texts(std::string_view key, const std::function<bool(const std::string&)>& accepts,
               const std::string& expected, std::vector<std::string>& target);
    /// One of `words`; `target` receives its index.
    void choice(std::string_view key, const std::vector<std::string_view>& words, std::size_t& target);
    /// The value as it is, for nested maps and lists; nullptr when absent.
    const YamlValue* nested(std::string_view key, YamlValue::Kind kind);
    void require(std::string_view key);
    /// Notes that the value of `key` does not fit for a reason that its type does not tell.
    void refuse(std::string_view key, const std::string& expected);
    /// Notes `error` (a nested reader's) unless there is one already.
    void fail(Error error);

    /// Errors: corrupt, one line: "file:line: key 'x': …" (with the column where columns are wanted).
    Result<void> finish();

private:
    const YamlValue* find(std::string_view key);
    void complain(const YamlValue& at, std::string_view key, const std::string& expected);
    std::string place(int line, int column) const;
    std::optional<double> toNumber(const YamlValue& value) const;
    std::optional<std::int64_t> toInteger(const YamlValue& value) const;

    const YamlValue& map_;
    std::string file_;
    Places places_;
    std::vector<std::string> known_;
    std::optional<Error> error_;
    std::optional<Error> missing_;
};

}  // namespace engine
