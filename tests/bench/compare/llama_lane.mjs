// One measured process of node-llama-cpp. Takes one JSON argument:
//   {package, model, threads, context, prefill: [tokens], decode: tokens or 0, depth, repetitions, warmups}
// and prints one JSON document: {load_ms, peak_rss_bytes, release, results: [{test, tokens, values}]}, values in tokens/s.
//
// Prefill: tokens / time until all are evaluated. Decode: tokens / time of as many tokens one after the other, picked
// greedily, behind `depth` tokens (at least one) and one token that is not timed.
import fs from "node:fs";
import path from "node:path";
import {pathToFileURL} from "node:url";

const BATCH = 512;
const request = JSON.parse(process.argv[2]);
const {getLlama} = await import(pathToFileURL(path.join(request.package, "dist", "index.js")).href);

const milliseconds = () => Number(process.hrtime.bigint()) / 1e6;

/** Ordinary ids of the vocabulary, others in every call; speed does not depend on which they are. */
let state = 1;
function someTokens(count, vocabSize) {
    return Array.from({length: count}, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;      // Knuth's and Lewis's "quick and dirty" generator
        return Math.floor((state / 2 ** 32) * (vocabSize - 256));    // special tokens stand last
    });
}

/** Largest resident set of this process so far, in bytes. */
function peakRssBytes() {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync("/proc/self/status", "utf8"));
    return Number(line[1]) * 1024;
}

const llama = await getLlama({gpu: false, build: "never", logLevel: "error", maxThreads: request.threads,
    progressLogs: false});
const begin = milliseconds();
const model = await llama.loadModel({modelPath: request.model, gpuLayers: 0, ignoreMemorySafetyChecks: true});
const context = await model.createContext({contextSize: request.context, batchSize: BATCH,
    threads: {ideal: request.threads, min: request.threads}, ignoreMemorySafetyChecks: true});
const loadMs = milliseconds() - begin;
const sequence = context.getSequence();
const vocabSize = model.fileInfo.metadata.tokenizer.ggml.tokens.length;

async function prefillOnce(tokens) {
    await sequence.clearHistory();
    const prompt = someTokens(tokens, vocabSize);
    const start = milliseconds();
    await sequence.evaluateWithoutGeneratingNewTokens(prompt);
    return tokens / (milliseconds() - start) * 1000;
}

/** The context is `depth` tokens long before and after. */
async function decodeOnce(tokens, depth) {
    const times = [];
    for await (const _ of sequence.evaluate(someTokens(1, vocabSize), {temperature: 0, yieldEogToken: true})) {
        times.push(milliseconds());
        if (times.length > tokens)
            break;
    }
    await sequence.eraseContextTokenRanges([{start: depth, end: sequence.nextTokenIndex}]);
    if (times.length <= tokens)
        return null;                                                 // an end-of-generation token came; asked again
    return tokens / (times[tokens] - times[0]) * 1000;
}

async function repeat(once) {
    const values = [];
    for (let run = -request.warmups, failures = 0; run < request.repetitions && failures < 20;) {
        const value = await once();
        if (value === null) {
            ++failures;
            continue;
        }
        if (run >= 0)
            values.push(value);
        ++run;
    }
    return values;
}

const results = [];
for (const tokens of request.prefill)
    results.push({test: "prefill", tokens, values: await repeat(() => prefillOnce(tokens))});
if (request.decode > 0) {
    await sequence.clearHistory();
    const depth = Math.max(1, request.depth);
    await sequence.evaluateWithoutGeneratingNewTokens(someTokens(depth, vocabSize));
    results.push({test: "decode", tokens: request.decode, values: await repeat(() => decodeOnce(request.decode, depth))});
}
console.log(JSON.stringify({load_ms: loadMs, peak_rss_bytes: peakRssBytes(), release: llama.llamaCppRelease, results}));
await context.dispose();
await model.dispose();
await llama.dispose();
