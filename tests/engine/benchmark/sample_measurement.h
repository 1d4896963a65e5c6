#pragma once

#include "engine/benchmark/kernel_measurement.h"

namespace benchmarktest {

/// A timing at `gops` and `gbps` of a machine that reads 20 GB/s and computes 400, 200 and 50 Gop/s.
inline engine::KernelTiming timing(const char* op, const char* shape, const char* variant,
                                   const char* arithmetic, bool inUse, double gops, double gbps,
                                   bool inCache = false) {
    engine::KernelTiming t;
    t.op = op;
    t.shape = shape;
    t.variant = variant;
    t.arithmetic = arithmetic;
    t.inUse = inUse;
    t.milliseconds = 1.5;
    t.gops = gops;
    t.gbps = gbps;
    const std::string type = arithmetic;
    t.percentOfArithmetic = 100.0 * gops / (type == "int8" ? 400.0 : type == "bf16" ? 200.0 : 50.0);
    if (!inCache)
        t.percentOfMemory = 100.0 * gbps / 20.0;
    t.percentOfPeak = t.boundByMemory() ? *t.percentOfMemory : t.percentOfArithmetic;
    return t;
}

/// Four ops and shapes; of the second the variant in use is not the preferred one.
inline engine::KernelMeasurement sampleMeasurement() {
    engine::KernelMeasurement m;
    m.measuredAt = "2026-11-25T08:20:00.000Z";
    m.cpu = "Example CPU 9000 @ 3.00GHz";
    auto& roofline = m.benchmark.roofline;
    roofline.threads = 1;
    roofline.readGbPerS = 20.0;
    roofline.readGbPerSMin = 19.0;
    roofline.readGbPerSMax = 20.5;
    roofline.int8 = {"vpdpbusd zmm", 400.0};
    roofline.bf16 = {"vdpbf16ps zmm", 200.0};
    roofline.fp32 = {"vfmadd zmm", 50.0};
    m.benchmark.timings = {
        timing("matmul_dense", "tokens=1 rows=32768 cols=2048 bf16", "avx512_bf16", "bf16", true, 16.0, 16.0),
        timing("matmul_dense", "tokens=1 rows=32768 cols=2048 bf16", "reference", "bf16", false, 1.0, 1.0),
        timing("matmul_int4", "tokens=64 rows=8192 cols=2048 g32 f16 scales", "amx", "int8", false, 300.0,
               4.0),
        timing("matmul_int4", "tokens=64 rows=8192 cols=2048 g32 f16 scales", "avx512_vnni", "int8", true,
               320.0, 4.5),
        timing("matmul_int4", "tokens=64 rows=8192 cols=2048 g32 f16 scales", "reference", "int8", false, 0.5,
               0.007),
        timing("rmsnorm", "rows=64 dim=2048", "avx512", "fp32", true, 10.0, 20.0, true),
        timing("rmsnorm", "rows=64 dim=2048", "reference", "fp32", false, 1.0, 2.0, true),
        timing("swiglu", "n=524288", "avx512", "fp32", true, 9.0, 19.0, true)};
    return m;
}

}  // namespace benchmarktest
