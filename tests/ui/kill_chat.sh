#!/bin/sh
# Kills a program that streams an answer into its database, many times (100, or the first argument), at random
# moments; fails when acknowledged text is lost. Build first: cmake --build --preset dev --target tst_chat_crash
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
ANVEN_KILLS=${1:-100} QTEST_FUNCTION_TIMEOUT=3600000 QT_QPA_PLATFORM=offscreen \
    "$root/build/${ANVEN_PRESET:-dev}/tests/tst_chat_crash"
