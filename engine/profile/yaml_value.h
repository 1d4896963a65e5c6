#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine {

struct YamlEntry;

/// A YAML value with the place it stands at. Scalars keep their text; FieldReader gives them types.
struct YamlValue {
    enum class Kind { null, scalar, list, map };

    Kind kind = Kind::null;
    int line = 1;                    ///< counted from 1
    int column = 1;                  ///< counted from 1
    std::string text;                ///< scalar
    std::vector<YamlValue> items;    ///< list
    std::vector<YamlEntry> entries;  ///< map, in the order of the file
};

/// One key of a map, its value, and where the key stands.
struct YamlEntry {
    std::string first;
    YamlValue second;
    int line = 1;
    int column = 1;
};

/// Parses one document. `file` is for messages. Errors: corrupt with file, line and column; duplicate keys,
/// keys that are no text, more than one document, nesting over 16 levels and more than 10,000 values (aliases
/// counted as often as they are used) are refused.
Result<YamlValue> parseYaml(std::string_view text, const std::string& file);

/// The document in `path`. Errors: as parseYaml; notFound, io; invalidInput over 1 MiB.
Result<YamlValue> readYaml(const std::filesystem::path& path);

}  // namespace engine
