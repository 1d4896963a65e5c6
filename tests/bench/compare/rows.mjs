// What is compared: rows of work with the ratio that is aimed at, and the jobs (one process each) that measure them.

export const PREFILLS = [64, 512];
export const DEPTH = 2048;
export const DECODED = 32;

const MIB = 2 ** 20;

/** The files that are measured beside each other. int4: as many bytes per weight; gguf: the very same file. */
export const VARIANTS = {
    int4: {ours: "spinquant", theirs: "q4_0", name: "int4"},
    gguf: {ours: "q4_0", theirs: "q4_0", name: "Q4_0 file"},
    bf16: {ours: "bf16", theirs: "bf16", name: "BF16"}
};

/** Least ratio ours / theirs with several threads; null where none is set. */
const TARGETS = {
    "1b int4": {prefill64: 1.45, prefill512: 1.45, decode: 1.6, deep: 1.75},
    "1b bf16": {prefill64: null, prefill512: 2.5, decode: 1.3, deep: 1.5},
    "3b int4": {prefill64: null, prefill512: 1.7, decode: 1.5, deep: 2.2},
    "3b bf16": {prefill64: null, prefill512: 1.1, decode: 1.2, deep: null}
};
const ONE_THREAD = {prefill64: 1.3, prefill512: 1.3, decode: 1.25, deep: 1.25};
/** Most memory and time of SpinQuant, and its least decode speed as a multiple of our own BF16. */
const SPINQUANT = {
    "1b": {peakRssBytes: 880 * MIB, loadMs: 250, decodeOverBf16: 2.8},
    "3b": {peakRssBytes: 2250 * MIB, loadMs: 500, decodeOverBf16: 2.8}
};

const threadsText = (threads) => `${threads} thread${threads === 1 ? "" : "s"}`;
function targetOf(shape, variant, threads, key) {
    const several = TARGETS[`${shape} ${variant}`];
    return (several && threads === 1 ? ONE_THREAD : several)?.[key] ?? null;
}

/**
 * One process per engine: {id, shape, variant, threads, prefill, decode, depth, context}. Deep work has a process of its
 * own, so that the others' memory and time do not carry a long context.
 */
function jobOf(shape, variant, threads, deep) {
    const depth = deep ? DEPTH : 0;
    return {
        id: `${shape} ${variant} ${threadsText(threads)}${deep ? ` depth ${DEPTH}` : ""}`,
        shape, variant, threads, depth,
        prefill: deep ? [] : PREFILLS,
        decode: DECODED,
        context: Math.max(depth + DECODED, ...PREFILLS) + 64
    };
}

function speedRows(shape, variant, threads) {
    const name = `${shape.toUpperCase()} ${VARIANTS[variant].name}, ${threadsText(threads)}`;
    const row = (key, work, job, test, tokens) => ({work: `${name}: ${work}`, job, metric: "tokens_per_s", test, tokens,
        target: {kind: "ratio", value: targetOf(shape, variant, threads, key)}});
    const flat = jobOf(shape, variant, threads, false);
    const deep = jobOf(shape, variant, threads, true);
    return [
        ...PREFILLS.map((tokens) => row(`prefill${tokens}`, `prefill ${tokens}`, flat, "prefill", tokens)),
        row("decode", "decode", flat, "decode", DECODED),
        row("deep", `decode at ${DEPTH}`, deep, "decode", DECODED)
    ];
}

function spinQuantRows(shape, threads) {
    const name = `${shape.toUpperCase()} SpinQuant, ${threadsText(threads)}`;
    const limits = SPINQUANT[shape] ?? {};
    const deep = jobOf(shape, "int4", threads, true);
    const flat = jobOf(shape, "int4", threads, false);
    return [
        {work: `${name}: peak memory, ${DEPTH} in context`, job: deep, metric: "peak_rss_bytes",
            target: {kind: "most", value: limits.peakRssBytes ?? null}},
        {work: `${name}: load`, job: deep, metric: "load_ms", target: {kind: "most", value: limits.loadMs ?? null}},
        {work: `${name}: decode, over our BF16`, job: flat, metric: "tokens_per_s", test: "decode", tokens: DECODED,
            against: jobOf(shape, "bf16", threads, false), target: {kind: "ratio", value: limits.decodeOverBf16 ?? null}}
    ];
}

/** All rows for these shapes and thread counts whose `work` matches `only`; SpinQuant's with the most threads. */
export function rowsOf(shapes, threadCounts, only) {
    const rows = [];
    for (const shape of shapes) {
        for (const variant of Object.keys(VARIANTS))
            for (const threads of threadCounts)
                rows.push(...speedRows(shape, variant, threads));
        rows.push(...spinQuantRows(shape, Math.max(...threadCounts)));
    }
    return rows.filter((row) => only.test(row.work));
}

/** The jobs that rows need, each once, those of one model together; with only the tests that some row wants. */
export function jobsOf(rows) {
    const jobs = new Map();
    for (const row of rows)
        for (const job of [row.job, row.against].filter(Boolean)) {
            const known = jobs.get(job.id) ?? {...job, prefill: [], decode: 0, theirs: false};
            // Our BF16 is measured alone where only its decode speed is wanted.
            known.theirs ||= job === row.job && row.against === undefined;
            if (row.test === "prefill")
                known.prefill.push(row.tokens);
            else
                known.decode = job.decode;
            jobs.set(job.id, known);
        }
    const model = (job) => `${job.shape} ${job.variant}`;
    const order = [...new Set([...jobs.values()].map(model))];
    return [...jobs.values()].sort((a, b) => order.indexOf(model(a)) - order.indexOf(model(b)));
}
