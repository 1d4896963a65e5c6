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

Error errorAt(const std::string& file, int line, const std::string& what) {
    return {ErrorCode::corrupt, file + ":" + std::to_string(line) + ": " + what};
}

/// Copies yaml-cpp's tree, counting what aliases would multiply.
class Converter {
public:
    explicit Converter(const std::string& file) : file_(file) {}

    Result<YamlValue> convert(const YAML::Node& node, int depth) {
        YamlValue value;
        value.line = std::max(1, node.Mark().line + 1);
        if (depth > kDeepest)
            return errorAt(file_, value.line,
                           "values are nested over " + std::to_string(kDeepest) + " levels deep");
        if (++values_ > kMostValues)
            return errorAt(file_, value.line,
                           "there are more than " + std::to_string(kMostValues) + " values");
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
            const int line = std::max(1, entry.first.Mark().line + 1);
            if (!entry.first.IsScalar())
                return errorAt(file_, line, "a key has to be a word");
            const auto& key = entry.first.Scalar();
            if (std::any_of(value.entries.begin(), value.entries.end(),
                            [&](const auto& known) { return known.first == key; }))
                return errorAt(file_, line, "the key '" + key + "' stands here for the second time");
            auto converted = convert(entry.second, depth + 1);
            if (!converted)
                return converted;
            value.entries.push_back({key, std::move(*converted)});
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
            return errorAt(file, std::max(1, documents[1].Mark().line + 1),
                           "a second document begins; one file holds one");
        return Converter(file).convert(documents.empty() ? YAML::Node() : documents.front(), 0);
    } catch (const YAML::Exception& error) {
        return errorAt(file, std::max(1, error.mark.line + 1), error.msg);
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
