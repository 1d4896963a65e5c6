#include "engine/profile/yaml_value.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace engine {
namespace {

constexpr int kDeepest = 16;
constexpr int kMostValues = 10'000;
constexpr std::uintmax_t kMostBytes = 1 << 20;

/// Counted from 1; yaml-cpp counts from 0 and says -1 where it knows no place.
struct Place {
    int line = 1;
    int column = 1;
    explicit Place(const YAML::Mark& mark)
        : line(std::max(1, mark.line + 1)), column(std::max(1, mark.column + 1)) {}
};

Error errorAt(const std::string& file, Place at, const std::string& what) {
    return {ErrorCode::corrupt,
            file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + what};
}

/// Copies yaml-cpp's tree, counting what aliases would multiply.
class Converter {
public:
    explicit Converter(const std::string& file) : file_(file) {}

    Result<YamlValue> convert(const YAML::Node& node, int depth) {
        YamlValue value;
        const Place at(node.Mark());
        value.line = at.line;
        value.column = at.column;
        if (depth > kDeepest)
            return errorAt(file_, at, "values are nested over " + std::to_string(kDeepest) + " levels deep");
        if (++values_ > kMostValues)
            return errorAt(file_, at, "there are more than " + std::to_string(kMostValues) + " values");
        switch (node.Type()) {
            case YAML::NodeType::Scalar:
                value.kind = YamlValue::Kind::scalar;
                value.text = node.Scalar();
                break;
            case YAML::NodeType::Sequence:
                return list(node, std::move(value), depth);
            case YAML::NodeType::Map:
                return map(node, std::move(value), depth);
            case YAML::NodeType::Null:
            case YAML::NodeType::Undefined:
                break;
        }
        return value;
    }

private:
    Result<YamlValue> list(const YAML::Node& node, YamlValue value, int depth) {
        value.kind = YamlValue::Kind::list;
        for (const auto& item : node) {
            auto converted = convert(item, depth + 1);
            if (!converted)
                return converted;
            value.items.push_back(std::move(*converted));
        }
        return value;
    }

    Result<YamlValue> map(const YAML::Node& node, YamlValue value, int depth) {
        value.kind = YamlValue::Kind::map;
        for (const auto& entry : node) {
            const Place at(entry.first.Mark());
            if (!entry.first.IsScalar())
                return errorAt(file_, at, "a key has to be a word");
            const auto& key = entry.first.Scalar();
            if (std::any_of(value.entries.begin(), value.entries.end(),
                            [&](const auto& known) { return known.first == key; }))
                return errorAt(file_, at, "the key '" + key + "' stands here for the second time");
            auto converted = convert(entry.second, depth + 1);
            if (!converted)
                return converted;
            value.entries.push_back({key, std::move(*converted), at.line, at.column});
        }
        return value;
    }

    const std::string& file_;
    int values_ = 0;
};

}  // namespace

Result<YamlValue> parseYaml(std::string_view text, const std::string& file) {
    try {
        const auto documents = YAML::LoadAll(std::string(text));
        if (documents.size() > 1)
            return errorAt(file, Place(documents[1].Mark()), "a second document begins; one file holds one");
        return Converter(file).convert(documents.empty() ? YAML::Node() : documents.front(), 0);
    } catch (const YAML::Exception& error) {
        return errorAt(file, Place(error.mark), error.msg);
    }
}

Result<YamlValue> readYaml(const std::filesystem::path& path) {
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure))
        return Error{ErrorCode::notFound, path.string() + ": there is no such file"};
    if (const auto size = std::filesystem::file_size(path, failure); failure || size > kMostBytes)
        return Error{ErrorCode::invalidInput, path.string() + ": a profile is a text of at most 1 MiB"};
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file)
        return Error{ErrorCode::io, path.string() + ": cannot be read"};
    return parseYaml(text.str(), path.string());
}

}  // namespace engine
