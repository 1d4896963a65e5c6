#include "engine/quantize/quality_card.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/evaluate/evaluation_json.h"

namespace engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kLargest = 16U << 20;  // thousands of layers

QuantizeReport reportFrom(const Json& card) {
    QuantizeReport report;
    report.policy = card.at("policy").get<std::string>();
    report.method = card.at("method").get<std::string>();
    report.source = card.value("source", "");
    report.sourceBytes = card.value("source_bytes", std::int64_t{0});
    report.path = card.at("path").get<std::string>();
    report.seconds = card.at("seconds").get<double>();
    report.peakRssBytes = card.value("peak_rss_bytes", std::int64_t{0});
    report.weightsBytes = card.at("weights_bytes").get<std::int64_t>();
    report.heldOut = card.value("held_out", true);
    for (const auto& layer : card.at("layers"))
        report.layers.push_back({layer.at("name").get<std::string>(), layer.at("scheme").get<std::string>(),
                                 layer.at("rel_error").get<double>(),
                                 layer.at("output_error").get<double>()});
    return report;
}

}  // namespace

Result<QuantizeReport> readQualityCard(const fs::path& model) {
    std::error_code failure;
    const auto folder = fs::is_directory(model, failure) ? model : model.parent_path();
    const auto file = folder / kQualityCardFile;
    const auto size = fs::file_size(file, failure);
    if (failure)
        return Error{ErrorCode::notFound, file.string() + " is not there"};
    const auto notACard = [&](const std::string& why) {
        return Error{ErrorCode::corrupt, file.string() + " is not a quality card: " + why};
    };
    if (size > kLargest)
        return notACard("it is larger than 16 MiB");
    try {
        const auto card = Json::parse(std::ifstream(file, std::ios::binary));
        auto report = reportFrom(card);
        if (const auto& quality = card.value("quality", Json()); !quality.is_null()) {
            auto read = evaluationFromJson(quality);
            if (!read)
                return notACard(read.error().message);
            report.quality = std::move(*read);
        }
        return report;
    } catch (const Json::exception& exception) {
        return notACard(exception.what());
    }
}

Result<void> writeQualityCard(const QuantizeReport& report, const fs::path& folder) {
    const auto file = folder / kQualityCardFile;
    std::ofstream card(file, std::ios::binary);
    card << toText(report) << "\n";
    card.close();
    if (!card)
        return Error{ErrorCode::io, file.string() + " cannot be written"};
    return {};
}

std::string toText(const QuantizeReport& report) {
    nlohmann::json layers = nlohmann::json::array();
    for (const auto& layer : report.layers)
        layers.push_back({{"name", layer.name},
                          {"scheme", layer.scheme},
                          {"rel_error", layer.relError},
                          {"output_error", layer.outputError}});
    return nlohmann::json{{"policy", report.policy},
                          {"method", report.method},
                          {"source", report.source},
                          {"source_bytes", report.sourceBytes},
                          {"path", report.path.string()},
                          {"seconds", report.seconds},
                          {"peak_rss_bytes", report.peakRssBytes},
                          {"weights_bytes", report.weightsBytes},
                          {"resumed_layers", report.resumedLayers},
                          {"layers", std::move(layers)},
                          {"quality", report.quality ? toJson(*report.quality) : nlohmann::json(nullptr)},
                          {"held_out", report.heldOut}}
        .dump(1);
}

}  // namespace engine
