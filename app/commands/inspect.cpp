// anven inspect MODEL: what a checkpoint holds, without loading it.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/checkpoint/inspection.h"

namespace app {
namespace {

struct InspectOptions {
    std::string model;
    std::string kv = "bf16";
    bool tensors = false;
};

void printText(const nlohmann::json& info, bool tensors) {
    for (const auto& [key, value] : info.items()) {
        if (key == "tensors" || value.is_null())
            continue;
        std::cout << key << std::string(key.size() < 20 ? 20 - key.size() : 1, ' ');
        if (value.is_string())
            std::cout << value.get<std::string>() << '\n';
        else if (key.ends_with("bytes"))
            std::cout << bytesText(value.get<double>()) << '\n';
        else
            std::cout << value.dump() << '\n';
    }
    std::cout << "tensors             " << info.at("tensors").size() << '\n';
    if (!tensors)
        return;
    for (const auto& tensor : info.at("tensors"))
        std::cout << "  " << tensor.at("name").get<std::string>() << "  " << tensor.at("shape").dump() << "  "
                  << tensor.at("scheme").get<std::string>() << "  "
                  << bytesText(tensor.at("bytes").get<double>()) << '\n';
}

}  // namespace

void addInspect(Commands& commands) {
    auto [command, options] =
        commands.add<InspectOptions>("inspect", "Show what a model file or folder holds");
    command->add_option("MODEL", options->model, "Folder, .gguf, .safetensors or .pth file, or demo:NAME")
        ->required();
    addKvOption(command, options->kv);
    command->add_flag("--tensors", options->tensors, "List every tensor");
    commands.onChosen(command, [options = options](Context& context) -> Result<void> {
        const auto kv = engine::kvSchemeNamed(options->kv);
        if (!kv)
            return kv.error();
        auto checkpoint = engine::Checkpoint::open(options->model);
        if (!checkpoint)
            return checkpoint.error();
        const auto info = nlohmann::json::parse(engine::inspectionJson(**checkpoint, *kv));
        if (context.json)
            printJson(info);
        else
            printText(info, options->tensors);
        return {};
    });
}

}  // namespace app
