// Starts one process per measurement, ours or the peer's, and brings both to one form:
//   {load_ms, peak_rss_bytes, results: [{test, tokens, values}]}, values in tokens per second.
import {spawn} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {createRequire} from "node:module";
import {fileURLToPath} from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** What a person can act on; printed without a stack. */
export class Refusal extends Error {}

/** Runs a program and parses its output as JSON. Throws a Refusal with the end of its stderr when it fails. */
export function runJson(program, args, signal) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGINT"});
        let out = "";
        let err = "";
        child.stdout.on("data", (text) => (out += text));
        child.stderr.on("data", (text) => (err = (err + text).slice(-4000)));
        child.on("error", (error) => reject(new Refusal(`${program} cannot be run: ${error.message}`)));
        child.on("close", (code, killedBy) => {
            const failed = `${program} ${args[0] ?? ""} failed (${killedBy ?? `exit code ${code}`}): ${err.trim().split("\n").slice(-3).join(" / ")}`;
            if (code !== 0)
                return reject(new Refusal(failed));
            try {
                resolve(JSON.parse(out));
            } catch {
                reject(new Refusal(`${failed} its output is no JSON`));
            }
        });
    });
}

/** The folder of the package node-llama-cpp: given, in the cache folder, or where node finds it from here. */
export function findPackage(given, cache) {
    const isPackage = (folder) => fs.existsSync(path.join(folder, "dist", "index.js"));
    const places = given ? [given, path.join(given, "node-llama-cpp"), path.join(given, "node_modules", "node-llama-cpp")]
        : [path.join(cache, "node_modules", "node-llama-cpp"),
            ...(createRequire(import.meta.url).resolve.paths("node-llama-cpp") ?? []).map((p) => path.join(p, "node-llama-cpp"))];
    const found = places.find(isPackage);
    if (!found)
        throw new Refusal(`node-llama-cpp, the engine to compare with, was not found${given ? ` in ${given}` : ""}; ` +
            `install it with\n  npm install --prefix ${cache} node-llama-cpp\nor say where it is with --package DIR`);
    return path.resolve(found);
}

/** The program anven: given, or the release build, never a build that is not optimized. */
export function findAnven(given) {
    const program = given ?? path.resolve(HERE, "../../../build/release/bin/anven");
    if (!fs.existsSync(program))
        throw new Refusal(`${program} is not there; build it with\n  cmake --preset release && ` +
            "cmake --build --preset release --target anven\nor say where it is with --anven PROGRAM");
    return program;
}

export class Ours {
    /** Samples go into a database of their own in `scratch`. */
    constructor(anven, scratch) {
        this.anven = anven;
        this.scratch = scratch;
    }

    roofline(threads, signal) {
        return runJson(this.anven, ["system", "--roofline", "--threads", String(threads), "--json"], signal)
            .then((document) => document.roofline);
    }

    system(signal) {
        return runJson(this.anven, ["system", "--json"], signal);
    }

    inspect(model, signal) {
        return runJson(this.anven, ["inspect", model, "--json"], signal);
    }

    makeRandom(shape, variant, out, signal) {
        const format = variant === "spinquant" ? "meta" : "gguf";
        return runJson(this.anven, ["make-random", "--shape", shape, "--variant", variant, "--format", format, "--out", out,
            "--json"], signal);
    }

    async measure(model, job, repetitions, warmups, signal) {
        // The first round leaves the packed weights on disk, those after it start from them.
        const args = ["bench", model, "--packed-copy", "--threads", job.threads, "--context", job.context, "--depth", job.depth,
            "--repetitions", repetitions, "--warmups", warmups, "--db", path.join(this.scratch, "bench.sqlite"), "--json"];
        if (job.prefill.length > 0)
            args.push("--prefill", job.prefill.join(","));
        if (job.decode > 0)
            args.push("--decode", job.decode);
        const [lane] = (await runJson(this.anven, args.map(String), signal)).lanes;
        const medianOf = (metric) => lane.results.filter((result) => result.metric === metric).map((result) => result.median);
        const speeds = lane.results.filter((result) => /^(prefill|decode)_tokens_per_s$/.test(result.metric));
        return {
            load_ms: medianOf("load_ms")[0],
            peak_rss_bytes: Math.max(...medianOf("peak_rss_bytes")),
            results: speeds.map((result) => ({test: result.test, tokens: result.prompt || result.generate,
                values: [result.median]}))
        };
    }
}

export class Theirs {
    constructor(packageFolder) {
        this.package = packageFolder;
        this.version = JSON.parse(fs.readFileSync(path.join(packageFolder, "package.json"), "utf8")).version;
        this.release = null;
    }

    async measure(model, job, repetitions, warmups, signal) {
        const request = {package: this.package, model, threads: job.threads, context: job.context, prefill: job.prefill,
            decode: job.decode, depth: job.depth, repetitions, warmups};
        const answer = await runJson(process.execPath, [path.join(HERE, "llama_lane.mjs"), JSON.stringify(request)], signal);
        this.release = answer.release?.release ?? this.release;
        return answer;
    }
}
