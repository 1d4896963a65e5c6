// The logits of llama.cpp, as the package node-llama-cpp carries it. Takes one JSON argument:
//   {package, model, text, tokens: count}
// and prints one JSON document: {tokens: [ids], special: {bos, eos}, logits: [[...]]} of the first tokens of the text
// behind begin-of-text, every position.
import path from "node:path";
import {pathToFileURL} from "node:url";

const request = JSON.parse(process.argv[2]);
const {getLlama} = await import(pathToFileURL(path.join(request.package, "dist", "index.js")).href);
const llama = await getLlama({gpu: false, build: "never", logLevel: "error", maxThreads: 1, progressLogs: false});
const model = await llama.loadModel({modelPath: request.model, gpuLayers: 0, ignoreMemorySafetyChecks: true});
const context = await model.createContext({contextSize: 256, batchSize: 256, threads: 1, ignoreMemorySafetyChecks: true});
const sequence = context.getSequence();
const text = model.tokenize(request.text, false).map(Number);
const tokens = [Number(model.tokens.bos), ...text].slice(0, request.tokens);
const outputs = await sequence.controlledEvaluate(tokens.map((token) => [token, {generateNext: {logits: true}}]));
const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
const logits = outputs.map(({next}) => Array.from({length: vocabulary}, (_, id) => next.logits.get(id)));
console.log(JSON.stringify({tokens, special: {bos: Number(model.tokens.bos), eos: Number(model.tokens.eos)}, logits}));
await context.dispose();
await model.dispose();
await llama.dispose();
