// node --test tests/bench/compare: the arithmetic of the comparison, against numbers worked out by hand.
import assert from "node:assert/strict";
import test from "node:test";

import {prefillOperations, tokensPerSecondBound, weightBytes} from "./bounds.mjs";
import {jobsOf, rowsOf} from "./rows.mjs";
import {markdownTable, median, summary, verdict} from "./table.mjs";

// Llama 3.2 1B as `anven inspect` describes it: 973,078,528 weights in the layers, 262,668,288 in the output.
const model1b = {layers: 16, dim: 2048, heads: 32, kv_heads: 8, head_dim: 64, ffn_dim: 8192, vocab: 128256,
    kv_bytes_per_token: 2 * 16 * 8 * 64 * 2};
const roofline = {read_gb_per_s: 40, int8_gops: 800, bf16_gops: 400, fp32_gops: 200};
const near = (actual, expected) => assert.ok(Math.abs(actual / expected - 1) < 1e-9, `${actual} is not ${expected}`);

test("weights take the bytes of their scheme", () => {
    near(weightBytes(model1b, "bf16"), 2 * (973078528 + 262668288));
    near(weightBytes(model1b, "gguf"), 973078528 * 18 / 32 + 262668288 * 34 / 32);
    near(weightBytes(model1b, "int4"), 973078528 * 18 / 32 + 262668288);
});

test("decode is bounded by weights and cache", () => {
    near(tokensPerSecondBound(model1b, "bf16", "decode", 1, 0, roofline), 40e9 / (2471493632 + 2 * 32768));
    near(tokensPerSecondBound(model1b, "bf16", "decode", 31, 2048, roofline), 40e9 / (2471493632 + (2048 + 16) * 32768));
});

test("prefill is bounded by arithmetic, short prompts by memory", () => {
    const work = prefillOperations(model1b, 512);
    near(work.matmul, 2 * (973078528 * 512 + 262668288));
    near(work.attention, 4 * 16 * 32 * 64 * (512 * 513) / 2);
    near(tokensPerSecondBound(model1b, "int4", "prefill", 512, 0, roofline), 512 / (work.matmul / 800e9 + work.attention / 400e9));
    near(tokensPerSecondBound(model1b, "bf16", "prefill", 1, 0, roofline), 40e9 / 2471493632);
});

test("without an instruction for it a type is computed as f32", () => {
    const old = {read_gb_per_s: 40, int8_gops: null, bf16_gops: null, fp32_gops: 200};
    const work = prefillOperations(model1b, 512);
    near(tokensPerSecondBound(model1b, "bf16", "prefill", 512, 0, old), 512 / ((work.matmul + work.attention) / 200e9));
    near(tokensPerSecondBound(model1b, "int4", "prefill", 512, 0, old), 512 / ((work.matmul + work.attention) / 200e9));
});

test("medians and summaries", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.deepEqual(summary([3, 1, 2]), {n: 3, median: 2, min: 1, max: 3});
    assert.deepEqual(summary([5, undefined, NaN]), {n: 1, median: 5, min: 5, max: 5});
    assert.equal(summary([]), null);
});

const of = (value) => summary([value]);
const speed = (value) => ({metric: "tokens_per_s", target: {kind: "ratio", value}});

test("a ratio reaches its target or does not", () => {
    assert.deepEqual(verdict(speed(1.5), of(30), of(20)), {ratio: 1.5, reached: true});
    assert.deepEqual(verdict(speed(1.6), of(30), of(20)), {ratio: 1.5, reached: false});
    assert.deepEqual(verdict(speed(null), of(30), of(20)), {ratio: 1.5, reached: null});
    assert.deepEqual(verdict(speed(1.5), of(30), null), {ratio: null, reached: null});
    assert.deepEqual(verdict(speed(1.5), null, of(20)), {ratio: null, reached: null});
});

test("memory and time are better when smaller, and have limits of their own", () => {
    const row = {metric: "load_ms", target: {kind: "most", value: 250}};
    assert.deepEqual(verdict(row, of(200), of(800)), {ratio: 4, reached: true});
    assert.deepEqual(verdict(row, of(300), null), {ratio: null, reached: false});
});

test("every target of the table stands at its row", () => {
    const rows = rowsOf(["1b", "3b"], [1, 2], /./);
    const target = (work) => rows.find((row) => row.work === work).target.value;
    assert.equal(target("1B int4, 2 threads: prefill 64"), 1.45);
    assert.equal(target("1B int4, 2 threads: decode at 2048"), 1.75);
    assert.equal(target("1B BF16, 2 threads: prefill 512"), 2.5);
    assert.equal(target("3B int4, 2 threads: decode at 2048"), 2.2);
    assert.equal(target("3B BF16, 2 threads: decode"), 1.2);
    assert.equal(target("3B BF16, 1 thread: prefill 512"), 1.3);
    assert.equal(target("1B int4, 1 thread: decode"), 1.25);
    assert.equal(target("1B SpinQuant, 2 threads: peak memory, 2048 in context"), 880 * 2 ** 20);
    assert.equal(target("3B SpinQuant, 2 threads: load"), 500);
    assert.equal(target("3B SpinQuant, 2 threads: decode, over our BF16"), 2.8);
    assert.equal(new Set(rows.map((row) => row.work)).size, rows.length);
});

test("a job measures what its rows want and nothing else", () => {
    const [job, ...others] = jobsOf(rowsOf(["1b"], [2], /int4.*prefill 512/));
    assert.equal(others.length, 0);
    assert.deepEqual([job.prefill, job.decode, job.theirs], [[512], 0, true]);
    const against = jobsOf(rowsOf(["1b"], [2], /over our BF16/));
    assert.deepEqual(against.map(({variant, theirs, prefill}) => [variant, theirs, prefill]),
        [["int4", false, []], ["bf16", false, []]]);
});

test("jobs of one model stand together and hold the context they need", () => {
    const jobs = jobsOf(rowsOf(["1b", "3b"], [1, 2], /./));
    const models = jobs.map((job) => `${job.shape} ${job.variant}`);
    assert.equal(models.filter((model, i) => model !== models[i - 1]).length, new Set(models).size);
    for (const job of jobs)
        assert.ok(job.context > job.depth + job.decode && job.prefill.every((tokens) => tokens < job.context));
});

test("the table is one row per line with what was measured", () => {
    const row = {work: "1B int4: decode", metric: "tokens_per_s", target: {kind: "ratio", value: 1.6}};
    const ours = summary([30, 34, 32]);
    const theirs = summary([20]);
    const lines = markdownTable([{row, ours, theirs, ...verdict(row, ours, theirs), oursPercent: 71.4, theirsPercent: null,
        read: summary([40.5, 41.5])}]).split("\n");
    assert.equal(lines.length, 3);
    assert.equal(lines[2],
        "| 1B int4: decode | 32.0 tok/s (30.0–34.0) | 20.0 tok/s | 1.60× | ≥ 1.60× | yes | 71 % | – | 41.0 (40.5–41.5) |");
});
