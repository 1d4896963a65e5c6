#include "app/command_line.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/kv_cache.h"

namespace app {

CLI::App* Commands::addCommand(CLI::App& parent, const std::string& name, const std::string& description) {
    auto* command = parent.add_subcommand(name, description);
    command->add_flag("--json", *json_, "Print one JSON document on stdout and nothing else");
    return command;
}

void Commands::onChosen(CLI::App* command, Action action) {
    command->callback([this, action = std::move(action)] { chosen_ = action; });
}

void addKernelsOption(CLI::App* command, std::string& kernels) {
    const auto check = [](const std::string& text) -> std::string {
        const auto plan = engine::KernelPlan::make(text, false);
        return plan || plan.error().code != engine::ErrorCode::invalidInput ? "" : plan.error().message;
    };
    std::string levels = "auto";
    for (const auto level : engine::kernelLevels())
        levels += ", " + std::string(level);
    command->add_option("--kernels", kernels, "Level (" + levels + ") or pins (matmul=onednn,attention=avx2)")
        ->check(check, "KERNELS")
        ->capture_default_str();
}

void addKvOption(CLI::App* command, std::string& kv) {
    std::vector<std::string> names;
    for (const auto& scheme : engine::kvSchemes())
        names.emplace_back(scheme.name);
    command->add_option("--kv", kv, "Scheme of the KV cache: 16, 32, 8 or 2 bit per number")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
}

void addLoadOptions(CLI::App* command, engine::LoadRequest& load) {
    addKernelsOption(command, load.kernels);
    command->add_option("--threads", load.threads, "Compute threads; 0 = one per physical performance core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    addKvOption(command, load.kv);
    command
        ->add_option("--activations", load.activations,
                     "Arithmetic of activations: bf16 (fast) or f32 (exact)")
        ->check(CLI::IsMember({"bf16", "f32"}))
        ->capture_default_str();
    command->add_option("--context", load.context, "Context length in tokens; 0 = the model's, at most 8192")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 24))
        ->capture_default_str();
    command
        ->add_option("--output-head", load.output,
                     "Activations at a quantized output layer: int8 (the scheme) or float")
        ->check(CLI::IsMember({"int8", "float"}))
        ->capture_default_str();
    command->add_flag("--packed-copy", load.packedCopy,
                      "Keep the packed weights in a file beside the model; later loads read them from there");
    command->add_flag("--weight-only", load.weightOnly,
                      "Dequantize weights at load and keep activations in floating point");
    command
        ->add_option("--rope-scale-factor", load.ropeScaleFactor, "Overrides the Llama 3 RoPE scaling factor")
        ->check(CLI::Range(1.0, 1024.0));
}

void addAdapterOption(CLI::App* command, std::string& adapter) {
    command
        ->add_option("--adapter", adapter,
                     "Folder of a LoRA adapter in Hugging Face PEFT's layout, run beside the model's weights")
        ->check(CLI::ExistingDirectory);
}

void printJson(const nlohmann::json& json) {
    std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

ProgressLine::~ProgressLine() {
    clear();
}

void ProgressLine::show(const std::string& text) {
    static const bool terminal = ::isatty(STDERR_FILENO) == 1;
    if (!terminal)
        return;
    std::fprintf(stderr, "\r\033[K%s", text.c_str());
    std::fflush(stderr);
    shown_ = true;
}

void ProgressLine::clear() {
    if (shown_)
        std::fputs("\r\033[K", stderr);
    shown_ = false;
}

std::string bytesText(double bytes) {
    const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (; bytes >= 1024.0 && unit + 1 < std::size(units); ++unit)
        bytes /= 1024.0;
    char text[64];
    std::snprintf(text, sizeof text, unit == 0 || bytes >= 100.0 ? "%.0f %s" : "%.3g %s", bytes, units[unit]);
    return text;
}

}  // namespace app
