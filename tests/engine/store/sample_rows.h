#pragma once

#include "engine/store/store.h"

/// Rows in which every field has a value of its own, so that a mixed-up column shows.
namespace storetest {

/// Breaks careless SQL, C strings and encodings: quotes, a comment, UTF-8 of four bytes, line ends, a NUL.
inline std::string awkwardText() {
    return std::string("it's \"quoted\"; DROP TABLE run; -- \xf0\x9f\xa6\x99 \xc3\xbc\r\n") +
           std::string(1, '\0') + "after NUL";
}

inline engine::RunRow sampleRun() {
    engine::RunRow run;
    run.kind = "compare";
    run.status = "running";
    run.startedAt = "2026-11-24T10:15:30.123Z";
    run.finishedAt = "2026-11-24T10:16:00.000Z";
    run.profile = "ad hoc";
    run.profileText = "{\"kind\": \"compare\"}";
    run.prompt = awkwardText();
    run.machine = "{\"cpu\": \"Test CPU\"}";
    run.build = "0.1.0 abc1234 GNU 12";
    run.seed = 0xFFFF'FFFF'FFFF'FFFEULL;
    run.note = "first try";
    return run;
}

inline engine::LaneRow sampleLane(std::int64_t runId, int position = 0) {
    engine::LaneRow lane;
    lane.runId = runId;
    lane.position = position;
    lane.name = "lane " + std::to_string(position);
    lane.modelPath = "/models/a b/model.gguf";
    lane.modelName = "ANVEN 1B";
    lane.variant = "SpinQuant";
    lane.format = "gguf";
    lane.digest = "0123abcd";
    lane.kernelSpec = "matmul=onednn";
    lane.kernelPlan = "[{\"op\": \"rope\"}]";
    lane.settings = "{\"temperature\": 0}";
    lane.threads = 7;
    lane.kv = "bf16";
    lane.status = "running";
    lane.error = "no error";
    lane.text = awkwardText();
    lane.tokens = "[1,2,3]";
    lane.finishReason = "stop_token";
    return lane;
}

inline engine::SampleRow sampleSample(std::int64_t laneId, int repetition = 3) {
    engine::SampleRow sample;
    sample.laneId = laneId;
    sample.repetition = repetition;
    sample.test = "decode";
    sample.prompt = 11;
    sample.generate = 22;
    sample.depth = 33;
    sample.metric = "ttft_ms";
    sample.unit = "ms";
    sample.value = 0.1 + 0.2;
    sample.measuredAt = "2026-11-24T10:15:31.000Z";
    return sample;
}

}  // namespace storetest
