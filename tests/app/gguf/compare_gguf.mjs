#!/usr/bin/env node
// What `anven quantize --format gguf` writes, opened by llama.cpp (npm package node-llama-cpp): same tokens, same logits.
// usage: compare_gguf.mjs ANVEN MODEL [PACKAGE]; exit code 77 where the package is absent.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";

import {findPackage, runJson} from "../../bench/compare/engines.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SKIPPED = 77;
const TEXT = "Once upon a time there was a small 42-year-old fox who wasn't afraid of \"rain\".\n\nHe said: hello, naïve wörld!";      // no spaces to remove: llama.cpp keeps them whatever the file says
const TOKENS = 96;

// Highest mean KL (nats) between the two programs on one file. Both have the same weights; llama.cpp rounds the inputs of
// Q4_0 and Q8_0 products to 8 bits and those of F16 to 16.
const RECIPES = [{recipe: "gptq-int4", kl: 2e-3}, {recipe: "nano-qkvfp16", kl: 2e-3}, {recipe: "int8-baseline", kl: 1e-3},
    {recipe: "spinquant-random", kl: 2e-3}, {recipe: "f16.yaml", kl: 1e-5}];

function readNpy(file) {
    const bytes = fs.readFileSync(file);
    const header = bytes.readUInt16LE(8);
    const [, rows, cols] = /'shape': \((\d+), (\d+)\)/.exec(bytes.toString("latin1", 10, 10 + header));
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 10 + header));
    return Array.from({length: Number(rows)}, (_, row) => values.subarray(row * Number(cols), (row + 1) * Number(cols)));
}

function logSoftmax(logits) {
    const top = Math.max(...logits);
    const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit - top), 0)) + top;
    return Array.from(logits, (logit) => logit - sum);
}

/** Mean over positions of KL(ours to theirs), and both perplexities of the tokens themselves. */
function compare(ours, theirs, tokens) {
    let kl = 0;
    const loss = [0, 0];
    ours.forEach((row, position) => {
        const [p, q] = [logSoftmax(row), logSoftmax(theirs[position])];
        kl += p.reduce((total, value, id) => total + Math.exp(value) * (value - q[id]), 0) / ours.length;
        if (position + 1 < tokens.length)
            [p, q].forEach((rows, side) => (loss[side] -= rows[tokens[position + 1]] / (tokens.length - 1)));
    });
    return {kl, perplexity: loss.map(Math.exp)};
}

const [anven, model, given] = process.argv.slice(2);
let folder;
try {
    folder = findPackage(given || process.env.ANVEN_LLAMA_PACKAGE, path.join(os.homedir(), ".cache", "anven-compare"));
} catch (error) {
    console.log(`skipped: ${error.message}`);
    process.exit(SKIPPED);
}
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "anven-gguf-"));
try {
    fs.writeFileSync(path.join(scratch, "f16.yaml"), "name: F16\ndescription: Nothing is rounded but to 16 bits.\n" +
        "method: rtn\nrules:\n  - {tensors: \"*\", scheme: f16}\n");
    for (const {recipe, kl: most} of RECIPES) {
        const out = path.join(scratch, recipe);
        const file = path.join(out === path.join(scratch, "f16.yaml") ? path.join(scratch, "f16") : out, "model.gguf");
        await runJson(anven, ["quantize", model, "--recipe", recipe.endsWith(".yaml") ? path.join(scratch, recipe) : recipe,
            "--format", "gguf", "--out", path.dirname(file), "--windows", "16", "--no-evaluate", "--json"]);
        const theirs = await runJson(process.execPath, [path.join(HERE, "llama_logits.mjs"),
            JSON.stringify({package: folder, model: file, text: TEXT, tokens: TOKENS})]);
        const ours = await runJson(anven, ["tokenize", file, TEXT, "--json"]);
        assert.deepEqual(theirs.tokens, [theirs.special.bos, ...ours.tokens].slice(0, TOKENS), `${recipe}: tokens`);
        const npy = path.join(scratch, "logits.npy");
        await runJson(anven, ["logits", file, "--tokens", theirs.tokens.join(","), "--out", npy, "--weight-only", "--kv", "f32",
            "--activations", "f32", "--json"]);
        const {kl, perplexity} = compare(readNpy(npy), theirs.logits, theirs.tokens);
        console.log(`${recipe}: KL ${kl.toExponential(2)}, perplexity ${perplexity.map((p) => p.toFixed(4)).join(" and ")}`);
        assert.ok(kl <= most, `${recipe}: KL ${kl} is above ${most}`);
        assert.ok(Math.abs(Math.log(perplexity[0] / perplexity[1])) < 0.02, `${recipe}: perplexities differ`);
    }
} finally {
    fs.rmSync(scratch, {recursive: true});
}
