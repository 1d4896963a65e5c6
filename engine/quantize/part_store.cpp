#include "engine/quantize/part_store.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/safetensors_writer.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr const char* kJob = "anven.job";
constexpr const char* kRecord = "anven.part";

std::string recordOf(const std::vector<StoredTensor>& tensors, const std::vector<LayerError>& errors) {
    Json order = Json::array();
    for (const auto& stored : tensors)
        order.push_back(stored.tensor.name);
    Json rows = Json::array();
    for (const auto& error : errors)
        rows.push_back({error.name, error.scheme, error.relError, error.outputError});
    return Json{{"order", order}, {"errors", rows}}.dump();
}

}  // namespace

bool PartStore::has(const std::string& part) const {
    return read(part).has_value();
}

Result<void> PartStore::write(const std::string& part, const std::vector<StoredTensor>& tensors,
                              const std::vector<LayerError>& errors, std::stop_token stop) const {
    std::error_code failure;
    std::filesystem::create_directories(folder_, failure);
    if (failure)
        return Error{ErrorCode::io, folder_.string() + " cannot be made: " + failure.message()};
    std::vector<NamedTensor> named;
    for (const auto& stored : tensors)
        named.push_back(stored.tensor);
    const auto fill = [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
        std::memcpy(bytes.data(), tensors[index].bytes.data() + offset, bytes.size());
    };
    return writeSafetensors(pathOf(part), named, {{kJob, job_}, {kRecord, recordOf(tensors, errors)}}, fill,
                            std::move(stop));
}

Result<Part> PartStore::read(const std::string& part) const {
    auto file = MappedFile::open(pathOf(part));
    if (!file)
        return file.error();
    std::map<std::string, std::string> metadata;
    auto tensors = readSafetensors(**file, &metadata);
    if (!tensors)
        return tensors.error();
    if (metadata[kJob] != job_)
        return Error{ErrorCode::invalidInput, pathOf(part).string() + " belongs to another job"};
    Part read{*file, std::move(*tensors), {}, {}};
    const auto record = Json::parse(metadata[kRecord], nullptr, false);
    try {
        read.order = record.at("order").get<std::vector<std::string>>();
        for (const auto& row : record.at("errors"))
            read.errors.push_back({row.at(0).get<std::string>(), row.at(1).get<std::string>(),
                                   row.at(2).get<double>(), row.at(3).get<double>()});
    } catch (const Json::exception&) {
        return Error{ErrorCode::corrupt, pathOf(part).string() + " lacks its record"};
    }
    for (const auto& tensor : read.order)
        if (read.tensors.count(tensor) == 0)
            return Error{ErrorCode::corrupt, pathOf(part).string() + " lacks tensor " + tensor};
    return read;
}

void PartStore::remove() const {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace engine
