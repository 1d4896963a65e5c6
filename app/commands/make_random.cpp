// anven make-random: a model with random weights, for measuring speed and memory without a checkpoint.
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/synthetic/random_model.h"

namespace app {

void addMakeRandom(Commands& commands) {
    using Request = engine::RandomModelRequest;
    auto [command, request] =
        commands.add<Request>("make-random", "Write a model with random weights, for measuring speed");
    command->add_option("--shape", request->shape, "1b, 3b (sizes of Llama 3.2) or tiny")
        ->capture_default_str();
    const std::map<std::string, engine::RandomVariant> variants = {
        {"bf16", engine::RandomVariant::bf16},
        {"qat-lora", engine::RandomVariant::qatLora},
        {"spinquant", engine::RandomVariant::spinQuant},
        {"q4_0", engine::RandomVariant::q4_0}};
    command
        ->add_option("--variant", request->variant,
                     "bf16, qat-lora or spinquant; with --format gguf bf16 or q4_0")
        ->transform(CLI::CheckedTransformer(variants));
    const std::map<std::string, engine::RandomFormat> formats = {{"meta", engine::RandomFormat::meta},
                                                                 {"gguf", engine::RandomFormat::gguf}};
    command->add_option("--format", request->format, "meta (a folder) or gguf (one file, llama.cpp reads it)")
        ->transform(CLI::CheckedTransformer(formats));
    command->add_option("--out", request->out, "Folder or .gguf file to make")->required();
    command->add_option("--seed", request->seed, "Seed of the weights")->capture_default_str();
    commands.onChosen(command, [request = request](Context& context) -> Result<void> {
        auto made = engine::makeRandomModel(*request, context.stop.get_token());
        if (!made)
            return made.error();
        if (context.json)
            printJson(
                {{"path", made->path.string()}, {"bytes", made->bytes}, {"parameters", made->parameters}});
        else
            std::cout << made->path.string() << ": " << bytesText(static_cast<double>(made->bytes))
                      << " of random weights" << std::endl;
        return {};
    });
}

}  // namespace app
