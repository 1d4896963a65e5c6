#pragma once

#include <stop_token>

#include "engine/base/result.h"
#include "engine/runtime/session.h"
#include "engine/worker/worker_client.h"

namespace engine {

/// One timed repetition on seeded random tokens: prefill of `prompt` tokens, or `generate` decode steps, each
/// after `depth` tokens that are not timed. Greedy picking of the next token is outside the prefill time,
/// inside `ttftMs` and part of every decode step. Errors: invalidInput, contextOverflow, cancelled.
Result<MeasureResult> measure(const MeasureRequest& request, Session& session, std::stop_token stop);

}  // namespace engine
