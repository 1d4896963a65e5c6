#!/bin/bash
# What the window costs a lane: the same benchmark by `anven bench` and by the window's Benchmark page, in turns, on an idle
# machine. Prints both medians of every lane and test. Usage: window_cost.sh [BUILD] [ROUNDS] [MODEL]; xvfb-run gives it a
# display. Without MODEL the demo's three variants are measured, whose repetitions take milliseconds: what the window does as it
# starts then weighs more than what it paints.
set -euo pipefail
build=${1:-build/release}
rounds=${2:-5}
model=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/cost.yaml" <<'Y'
name: Window cost
description: Prefill and decode of one model, a fixed number of times.
tests:
  - {prefill: 64, decode: 32}
repetitions: {min: 6, max: 6}
warmup: {max: 1}
Y
profile=(quick)
if [ -n "$model" ]; then
    profile=("$work/cost.yaml" "$model")
    printf '[benchmark]\nprofile=%s\nmodels=%s\n' "${profile[@]}" > "$work/settings.ini"
fi
for round in $(seq "$rounds"); do
    "$build/bin/anven" bench "${profile[@]}" --db "$work/without.sqlite" > /dev/null
    "$build/bin/anven-workbench" --page benchmark --run --database "$work/with.sqlite" --settings "$work/settings.ini" \
        --screenshot "$work/window.png"
    echo "round $round of $rounds" >&2
done
python3 - "$work" <<'P'
import sqlite3, statistics, sys
def speeds(name):
    rows = sqlite3.connect(f"{sys.argv[1]}/{name}.sqlite").execute(
        "SELECT lane.position, sample.test, sample.value FROM sample JOIN lane ON lane.id = lane_id "
        "WHERE metric IN ('prefill_tokens_per_s', 'decode_tokens_per_s')").fetchall()
    found = {}
    for lane, test, value in rows:
        found.setdefault((lane, test), []).append(value)
    return found
without, beside = speeds("without"), speeds("with")
print("| lane | test | without, tok/s | with, tok/s | difference | n |\n| --- | --- | --- | --- | --- | --- |")
for key in without:
    a, b = statistics.median(without[key]), statistics.median(beside[key])
    print(f"| {key[0]} | {key[1]} | {a:.1f} | {b:.1f} | {100 * (b / a - 1):+.1f} % | {len(without[key])} + {len(beside[key])} |")
P
