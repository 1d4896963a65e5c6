#!/bin/sh
# Kills a program that streams an answer into its database, and one that benchmarks, many times (100, or the first
# argument), at random moments; fails when acknowledged text or samples are lost. Build first:
# cmake --build --preset dev --target tst_chat_crash tst_bench_crash
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
for test in tst_chat_crash tst_bench_crash; do
    ANVEN_KILLS=${1:-100} QTEST_FUNCTION_TIMEOUT=3600000 QT_QPA_PLATFORM=offscreen \
        "$root/build/${ANVEN_PRESET:-dev}/tests/$test"
done
