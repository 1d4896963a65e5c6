#!/usr/bin/env node
// Our speed beside that of llama.cpp as the npm package node-llama-cpp carries it, on the same work: see README.md.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";

import {tokensPerSecondBound} from "./compare/bounds.mjs";
import {findAnven, findPackage, Ours, Refusal, Theirs} from "./compare/engines.mjs";
import {jobsOf, rowsOf, VARIANTS} from "./compare/rows.mjs";
import {markdownTable, median, summary, verdict} from "./compare/table.mjs";

const HELP = `usage: compare_with_llama.mjs [options]

Measures prefill, decode, load time and peak memory of anven and of node-llama-cpp (npm), interleaved, each measurement in
a fresh process, and prints one Markdown table. Models with random weights are made where the cache folder lacks them.

  --only REGEX        rows whose first column matches, e.g. '1B int4, 2 threads' (default: all)
  --rounds N          rounds of ours, theirs (default 3)
  --repetitions N     repetitions inside each process, of which the median counts (default 3)
  --threads LIST      thread counts (default: 1 and one per physical core, at most 2)
  --shapes LIST       1b, 3b or tiny (default 1b,3b)
  --cache DIR         where models and the package are kept (default ${cacheFolder()})
  --models DIR        where models are looked for and made: SHAPE-q4_0.gguf, SHAPE-bf16.gguf, SHAPE-spinquant/
                      (default: the cache folder)
  --keep              keep the models that were made
  --package DIR       node-llama-cpp, or the folder that holds its node_modules
  --anven PROGRAM     our engine (default: the release build)
  --json OUT          write everything that was measured to a file
  --list              print the rows and end
`;

function cacheFolder() {
    return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "anven-compare");
}

const log = (text) => process.stderr.write(`${text}\n`);

function positive(name, text) {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1)
        throw new Refusal(`--${name} takes whole numbers from 1, not '${text}'`);
    return value;
}

function readOptions() {
    const text = {type: "string"};
    const flag = {type: "boolean", default: false};
    let values;
    try {
        ({values} = parseArgs({options: {only: text, rounds: text, repetitions: text, threads: text, shapes: text, cache: text,
            models: text, package: text, anven: text, json: text, keep: flag, list: flag, help: flag}}));
    } catch (error) {
        throw new Refusal(`${error.message}; see --help`);
    }
    const cache = path.resolve(values.cache ?? cacheFolder());
    let only;
    try {
        only = new RegExp(values.only ?? "", "i");
    } catch (error) {
        throw new Refusal(`--only: ${error.message}`);
    }
    const shapes = (values.shapes ?? "1b,3b").split(",");
    const unknown = shapes.find((shape) => !["1b", "3b", "tiny"].includes(shape));
    if (unknown !== undefined)
        throw new Refusal(`there is no shape '${unknown}'; there are 1b, 3b and tiny`);
    return {
        ...values, cache, only, shapes, models: path.resolve(values.models ?? cache),
        rounds: positive("rounds", values.rounds ?? 3),
        repetitions: positive("repetitions", values.repetitions ?? 3),
        threads: values.threads ? [...new Set(values.threads.split(",").map((count) => positive("threads", count)))] : null
    };
}

/** The models, made when first asked for; what was made is removed by `drop()`. */
class Models {
    constructor(folder, ours) {
        this.folder = folder;
        this.ours = ours;
        this.made = new Set();
    }
    async path(shape, variant, signal) {
        const file = path.join(this.folder, `${shape}-${variant}${variant === "spinquant" ? "" : ".gguf"}`);
        if (!fs.existsSync(file)) {
            log(`making ${file}`);
            fs.mkdirSync(this.folder, {recursive: true});
            try {
                await this.ours.makeRandom(shape, variant, file, signal);
            } catch (error) {
                fs.rmSync(file, {recursive: true, force: true});    // a folder without its weights
                throw error;
            }
            this.made.add(file);
        }
        return file;
    }
    drop() {
        for (const file of this.made)
            fs.rmSync(file, {recursive: true});
        this.made.clear();
    }
}

/** Load average before the start above which the machine is called busy. */
const BUSY = 0.7;

/** Unmeasured: fills the page cache and whatever an engine writes at its first start, so that the next start is warm. */
const FIRST_START = {prefill: [1], decode: 0, depth: 0};

class Comparison {
    constructor(options, ours, theirs, models, signal) {
        Object.assign(this, {options, ours, theirs, models, signal});
        this.jobs = new Map();      // id -> {job, ours: [answers], theirs: [answers], rooflines: [], model, error}
        this.failures = [];
    }

    async measure(job) {
        const record = {job, ours: [], theirs: [], rooflines: [], model: null};
        this.jobs.set(job.id, record);
        const oursPath = await this.models.path(job.shape, VARIANTS[job.variant].ours, this.signal);
        record.model = await this.ours.inspect(oursPath, this.signal);
        delete record.model.tensors;
        const lanes = [[this.ours, oursPath, record.ours]];
        if (job.theirs)
            lanes.push([this.theirs, await this.models.path(job.shape, VARIANTS[job.variant].theirs, this.signal),
                record.theirs]);
        for (const [engine, file] of lanes)
            await engine.measure(file, {...job, ...FIRST_START}, 1, 0, this.signal);
        for (let round = 1; round <= this.options.rounds; ++round) {
            log(`${job.id}: round ${round} of ${this.options.rounds}`);
            record.rooflines.push(await this.ours.roofline(job.threads, this.signal));
            for (const [engine, file, answers] of lanes)
                answers.push(await engine.measure(file, job, this.options.repetitions, 1, this.signal));
        }
        record.rooflines.push(await this.ours.roofline(job.threads, this.signal));
    }

    async measureAll(jobs) {
        let before = null;
        for (const job of jobs) {
            const model = `${job.shape} ${job.variant}`;
            if (before !== null && before !== model && !this.options.keep)
                this.models.drop();
            before = model;
            try {
                await this.measure(job);
            } catch (error) {
                if (this.signal.aborted)
                    return;
                this.failures.push(`${job.id}: ${error.message}`);
                log(`${job.id}: ${error.message}`);
            }
        }
    }

    /** Every round's value of a row in the answers of one engine. */
    static values(row, answers) {
        if (row.metric !== "tokens_per_s")
            return answers.map((answer) => answer[row.metric]);
        return answers.flatMap((answer) => answer.results.filter((r) => r.test === row.test && r.tokens === row.tokens)
            .map((result) => (result.values.length > 0 ? median(result.values) : NaN)));
    }

    outcome(row) {
        const record = this.jobs.get(row.job.id);
        const other = row.against ? this.jobs.get(row.against.id) : record;
        const ours = summary(Comparison.values(row, record?.ours ?? []));
        const theirs = summary(Comparison.values(row, (row.against ? other?.ours : other?.theirs) ?? []));
        const rooflines = record?.rooflines ?? [];
        const read = summary(rooflines.map((roofline) => roofline.read_gb_per_s));
        const percent = (measured, job, from) => {
            if (row.metric !== "tokens_per_s" || measured === null || !from?.model || from.rooflines.length === 0)
                return null;
            const bounds = from.rooflines.map((roofline) =>
                tokensPerSecondBound(from.model, job.variant, row.test, row.tokens, job.depth, roofline));
            return 100 * measured.median / median(bounds);
        };
        return {row, ours, theirs, ...verdict(row, ours, theirs), oursPercent: percent(ours, row.job, record),
            theirsPercent: percent(theirs, row.against ?? row.job, other), read};
    }
}

function heading(system, load, theirs, options) {
    const versions = system.versions;
    return `anven ${versions.anven} (${versions.commit}, ${versions.build_type ?? ""}) and node-llama-cpp ${theirs.version}` +
        `${theirs.release ? ` (llama.cpp ${theirs.release})` : ""} on ${system.cpu ?? "an unknown CPU"}, ` +
        `${system.topology.cores} cores, ${system.isa.join(" ")}; ${new Date().toISOString().slice(0, 10)}, ` +
        `rounds: ${options.rounds}, repetitions in each: ${options.repetitions}, interleaved, a process each; ` +
        `load average before: ${load.toFixed(1)}.`;
}

async function main() {
    const options = readOptions();
    if (options.help)
        return void process.stdout.write(HELP);
    const threads = options.threads ?? [...new Set([1, Math.min(2, os.availableParallelism())])];
    const rows = rowsOf(options.shapes, threads, options.only);
    if (rows.length === 0)
        throw new Refusal("--only leaves no row; see --list");
    if (options.list)
        return void process.stdout.write(rows.map((row) => `${row.work}\n`).join(""));
    const theirs = new Theirs(findPackage(options.package, options.cache));
    const anven = findAnven(options.anven);
    const stop = new AbortController();
    process.once("SIGINT", () => {
        log("stopping; what was measured follows");
        stop.abort();
    });
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "anven-compare-"));
    const ours = new Ours(anven, scratch);
    const models = new Models(options.models, ours);
    try {
        const system = await ours.system(stop.signal);
        const [load] = os.loadavg();
        if (load > BUSY)
            log(`other programs keep this machine busy (load ${load.toFixed(1)}): the peer's threads spin while they wait and ` +
                "suffer more than ours, so the ratios flatter us; measure again when it is quiet");
        if (system.versions.build_type !== "Release")
            log(`${anven} is a ${system.versions.build_type} build: its speed says nothing, build the preset release`);
        const comparison = new Comparison(options, ours, theirs, models, stop.signal);
        await comparison.measureAll(jobsOf(rows));
        const outcomes = rows.map((row) => comparison.outcome(row));
        process.stdout.write(`${heading(system, load, theirs, options)}\n\n${markdownTable(outcomes)}\n`);
        if (options.json)
            fs.writeFileSync(options.json, JSON.stringify({schema_version: 1, system, load_average_before: load,
                peer: {package: "node-llama-cpp", version: theirs.version, llama_cpp: theirs.release},
                rounds: options.rounds, repetitions: options.repetitions, failures: comparison.failures,
                outcomes, jobs: [...comparison.jobs.values()]}, null, 2) + "\n");
        if (comparison.failures.length > 0 || stop.signal.aborted)
            process.exitCode = 1;
    } finally {
        if (!options.keep)
            models.drop();
        fs.rmSync(scratch, {recursive: true});
    }
}

try {
    await main();
} catch (error) {
    log(error instanceof Refusal ? `compare_with_llama: ${error.message}` : error.stack);
    process.exitCode = error instanceof Refusal && /^--|takes|there is no shape/.test(error.message) ? 2 : 1;
}
