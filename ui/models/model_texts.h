#pragma once

#include <QString>

#include "engine/catalog/memory_fit.h"
#include "engine/catalog/model_survey.h"
#include "engine/catalog/verification.h"

namespace ui {

/// "1.92 GiB"; "–" for nothing.
QString bytesText(std::int64_t bytes);
/// "0.93 M", "1.24 B".
QString countText(std::int64_t count);
/// "[2048, 8192]".
QString shapeText(const std::vector<std::int64_t>& shape);
/// ".pth", "safetensors", "GGUF".
QString formatText(const std::string& format);
/// "int4 g32", "BF16": the scheme that most of the weights have.
QString schemeText(const std::string& scheme);

/// "Fits", "Tight", "Too large" and the line of its items: "weights 1.1 + KV 0.27 + …".
QString verdictText(engine::FitVerdict verdict);
QString fitLine(const engine::MemoryFit& fit);
QString fitTip(const engine::MemoryFit& fit);

/// One or two words, and what they mean with all digests.
QString verificationText(engine::VerificationState state);
QString verificationTip(const engine::Verification& verification, engine::VerificationState state);

}  // namespace ui
