#include "engine/runtime/kernel_table.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/resources.h"
#include "engine/profile/field_reader.h"
#include "engine/runtime/kernel_levels.h"
#include "engine/system/system_info.h"
#include "kernels/base/cpu_features.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr double kNoise = 0.05;
constexpr std::int64_t kFormat = 1;

constexpr std::string_view kDenseWeights[] = {"f32", "f16", "bf16"};
constexpr std::string_view kInt4Weights[] = {"int4_g32_f32", "int4_g32_f16"};
constexpr std::string_view kInt8Weights[] = {"int8_channel"};
const std::vector<std::string_view> kOps{"matmul_dense", "matmul_int4", "matmul_int8"};

std::string joined(std::span<const std::string> words, const char* between) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

template <class Words>
std::string listed(const Words& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

Error wrong(const std::string& file, int line, const std::string& what) {
    return {ErrorCode::corrupt, file + ":" + std::to_string(line) + ": " + what};
}

/// Reads one table and keeps its text's order; the first thing that is wrong ends it.
class TableParser {
public:
    explicit TableParser(const std::string& file) : file_(file) {}

    Result<KernelTable> table(const YamlValue& document) {
        KernelTable table;
        std::int64_t format = kFormat;
        FieldReader fields(document, file_);
        for (const auto* key : {"format", "features", "rows"})
            fields.require(key);
        fields.integer("format", kFormat, kFormat, format);
        fields.texts("features", table.features);
        fields.text("cpu", table.cpu);
        fields.text("measured", table.measured);
        const auto* rows = fields.nested("rows", YamlValue::Kind::list);
        if (auto done = fields.finish(); !done)
            return done.error();
        if (auto done = checkFeatures(table.features, document.line); !done)
            return done.error();
        if (rows->items.empty())
            return wrong(file_, rows->line, "key 'rows': expected at least one row");
        for (const auto& item : rows->items) {
            auto row = this->row(item);
            if (!row)
                return row.error();
            if (table.find(row->op, row->weights, row->tokens) != nullptr)
                return wrong(file_, item.line,
                             "a second row for " + row->op + ", " + row->weights + ", " +
                                 std::string(name(row->tokens)) + " tokens");
            table.rows.push_back(std::move(*row));
        }
        return table;
    }

private:
    Result<void> checkFeatures(const std::vector<std::string>& features, int line) const {
        int count = 0;
        const auto* known = kernels::cpuFeatureNames(count);
        std::vector<std::string_view> names;
        for (int i = 0; i < count; ++i)
            names.emplace_back(known[i].name);
        auto next = names.begin();
        for (const auto& feature : features) {
            if (std::find(names.begin(), names.end(), feature) == names.end())
                return wrong(file_, line,
                             "key 'features': unknown '" + feature + "'; known are " + listed(names));
            next = std::find(next, names.end(), feature);
            if (next == names.end())
                return wrong(file_, line,
                             "key 'features': '" + feature + "' is out of order or twice; the order is " +
                                 listed(names));
            ++next;
        }
        return {};
    }

    Result<KernelTableRow> row(const YamlValue& item) const {
        KernelTableRow row;
        FieldReader fields(item, file_);
        for (const auto* key : {"op", "weights", "tokens", "variants"})
            fields.require(key);
        std::size_t op = 0;
        std::size_t tokens = 0;
        fields.choice("op", kOps, op);
        fields.text("weights", row.weights);
        fields.choice("tokens", {kTokenClassNames.begin(), kTokenClassNames.end()}, tokens);
        const auto* variants = fields.nested("variants", YamlValue::Kind::list);
        if (auto done = fields.finish(); !done)
            return done.error();
        row.op = kOps[op];
        row.tokens = static_cast<TokenClass>(tokens);
        const auto weights = weightNames(row.op);
        if (std::find(weights.begin(), weights.end(), row.weights) == weights.end())
            return wrong(
                file_, item.line,
                "key 'weights': " + row.op + " has no '" + row.weights + "'; it has " + listed(weights));
        if (variants->items.empty())
            return wrong(file_, variants->line, "key 'variants': expected at least one variant");
        for (const auto& value : variants->items) {
            auto measurement = this->measurement(value);
            if (!measurement)
                return measurement.error();
            for (const auto& other : row.variants)
                if (other.variant == measurement->variant)
                    return wrong(file_, value.line, "'" + other.variant + "' is measured twice in one row");
            row.variants.push_back(std::move(*measurement));
        }
        std::stable_sort(row.variants.begin(), row.variants.end(),
                         [](const auto& a, const auto& b) { return a.gops > b.gops; });
        return row;
    }

    Result<VariantSpeed> measurement(const YamlValue& value) const {
        constexpr double kLeast = 1e-9;
        constexpr double kMost = 1e9;
        VariantSpeed measurement;
        std::size_t level = 0;
        FieldReader fields(value, file_);
        for (const auto* key : {"name", "gops", "gbps", "spread"})
            fields.require(key);
        fields.choice("name", kernelLevels(), level);
        fields.number("gops", kLeast, kMost, measurement.gops);
        fields.number("gbps", kLeast, kMost, measurement.gbps);
        fields.number("spread", 0.0, 1e3, measurement.spread);
        if (auto done = fields.finish(); !done)
            return done.error();
        measurement.variant = kernelLevels()[level];
        return measurement;
    }

    const std::string& file_;
};

std::string quoted(const std::string& text) {  // a JSON string is a YAML string
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<fs::path> tableFiles(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none))
        if (entry.path().extension() == ".yaml")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

CpuClass CpuClass::here() {
    CpuClass cpuClass;
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    for (int i = 0; i < count; ++i)
        if (kernels::has(names[i].feature))
            cpuClass.features.emplace_back(names[i].name);
    cpuClass.model = cpuModelName();
    return cpuClass;
}

std::string CpuClass::featureText() const {
    return joined(features, " ");
}

std::span<const std::string_view> weightNames(std::string_view op) {
    if (op == "matmul_dense")
        return kDenseWeights;
    if (op == "matmul_int4")
        return kInt4Weights;
    if (op == "matmul_int8")
        return kInt8Weights;
    return {};
}

bool isFaster(const VariantSpeed& a, const VariantSpeed& b) {
    const double timeA = 1.0 / a.gops;
    const double timeB = 1.0 / b.gops;
    return timeA < (1.0 - kNoise) * timeB && timeA * (1.0 + a.spread) < timeB * (1.0 - b.spread);
}

bool KernelTable::holdsFor(const CpuClass& cpuClass) const {
    return features == cpuClass.features && (cpu.empty() || cpu == cpuClass.model);
}

const KernelTableRow* KernelTable::find(std::string_view op, std::string_view weights,
                                        TokenClass tokens) const {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
        return row.op == op && row.weights == weights && row.tokens == tokens;
    });
    return at == rows.end() ? nullptr : &*at;
}

Result<KernelTable> KernelTable::parse(std::string_view text, const std::string& file) {
    auto document = parseYaml(text, file);
    if (!document)
        return document.error();
    return TableParser(file).table(*document);
}

Result<KernelTable> KernelTable::read(const fs::path& file) {
    auto document = readYaml(file);
    if (!document)
        return document.error();
    const auto shown = file.string();
    auto table = TableParser(shown).table(*document);
    if (table)
        table->source = shown;
    return table;
}

std::string KernelTable::text() const {
    std::ostringstream out;
    out << "format: " << kFormat << "\n";
    if (!cpu.empty())
        out << "cpu: " << quoted(cpu) << "\n";
    out << "features: [" << joined(features, ", ") << "]\n";
    if (!measured.empty())
        out << "measured: " << quoted(measured) << "\n";
    out << "rows:\n";
    for (const auto& row : rows) {
        out << "  - op: " << row.op << "\n    weights: " << row.weights
            << "\n    tokens: " << name(row.tokens) << "\n    variants:\n";
        for (const auto& variant : row.variants) {
            char line[160];
            std::snprintf(line, sizeof line, "      - {name: %s, gops: %.4g, gbps: %.4g, spread: %.2g}\n",
                          variant.variant.c_str(), variant.gops, variant.gbps, variant.spread);
            out << line;
        }
    }
    return out.str();
}

Result<void> KernelTable::write(const fs::path& file) const {
    std::error_code failure;
    if (file.has_parent_path())
        fs::create_directories(file.parent_path(), failure);
    auto part = file;
    part += ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << text();
    out.close();
    if (out)
        fs::rename(part, file, failure);
    if (!out || failure) {
        std::error_code ignored;
        fs::remove(part, ignored);
        return Error{ErrorCode::io, "kernel table " + file.string() + " cannot be written" +
                                        (failure ? ": " + failure.message() : "") +
                                        "; choose another place with --out"};
    }
    return {};
}

KernelTable kernelTableFor(const CpuClass& cpuClass, std::span<const fs::path> folders) {
    std::string problem;
    for (const auto& folder : folders) {
        KernelTable best;
        for (const auto& file : tableFiles(folder)) {
            auto table = KernelTable::read(file);
            if (!table) {
                if (problem.empty())
                    problem = table.error().message;
            } else if (table->holdsFor(cpuClass) && (best.empty() || best.cpu < table->cpu)) {
                best = std::move(*table);
            }
        }
        if (!best.empty()) {
            best.problem = problem;
            return best;
        }
    }
    KernelTable none;
    none.problem = problem;
    return none;
}

std::vector<fs::path> kernelTableFolders() {
    return {userDataPath("kernels"), profilePath("kernels")};
}

fs::path userKernelTablePath(const CpuClass& cpuClass) {
    std::string text = cpuClass.model.substr(0, 80) + " " + cpuClass.featureText();
    for (char& c : text)
        c = std::isalnum(static_cast<unsigned char>(c)) != 0
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : '_';
    const auto begin = text.find_first_not_of('_');
    return userDataPath("kernels") / ((begin == std::string::npos ? "cpu" : text.substr(begin)) + ".yaml");
}

KernelTable kernelTableHere() {
    return kernelTableFor(CpuClass::here(), kernelTableFolders());
}

}  // namespace engine
