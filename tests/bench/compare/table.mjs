// From measured rounds to the printed Markdown.

export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** {n, median, min, max}, or null for no values. */
export function summary(values) {
    const present = values.filter(Number.isFinite);
    if (present.length === 0)
        return null;
    return {n: present.length, median: median(present), min: Math.min(...present), max: Math.max(...present)};
}

const UNITS = {
    tokens_per_s: {unit: "tok/s", scale: 1},
    peak_rss_bytes: {unit: "MiB", scale: 2 ** -20},
    load_ms: {unit: "s", scale: 1e-3}
};

function digits(value) {
    return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function measuredText(row, measured) {
    if (measured === null)
        return "–";
    const {unit, scale} = UNITS[row.metric];
    const text = (value) => digits(value * scale);
    const range = measured.n > 1 ? ` (${text(measured.min)}–${text(measured.max)})` : "";
    return `${text(measured.median)} ${unit}${range}`;
}

/**
 * What a row came to. `ratio` is how many times better ours is: faster, or smaller. `reached` is null where nothing is
 * aimed at or nothing was measured. `ours` and `theirs` are summaries or null.
 */
export function verdict(row, ours, theirs) {
    const smallerIsBetter = row.metric !== "tokens_per_s";
    const ratio = ours === null || theirs === null ? null
        : smallerIsBetter ? theirs.median / ours.median : ours.median / theirs.median;
    const {kind, value} = row.target;
    const compared = kind === "ratio" ? ratio : ours?.median ?? null;
    const reached = value === null || compared === null ? null : kind === "ratio" ? compared >= value : compared <= value;
    return {ratio, reached};
}

function targetText(row) {
    const {kind, value} = row.target;
    if (value === null)
        return "–";
    if (kind === "ratio")
        return `≥ ${value.toFixed(2)}×`;
    const {unit, scale} = UNITS[row.metric];
    return `≤ ${digits(value * scale)} ${unit}`;
}

const percentText = (value) => (value === null ? "–" : `${Math.round(value)} %`);
const rangeText = (range) => (range === null ? "–" : range.n > 1 ? `${digits(range.median)} (${digits(range.min)}–${digits(range.max)})`
    : digits(range.median));

/** `outcomes`: [{row, ours, theirs, ratio, reached, oursPercent, theirsPercent, read}], read a summary in GB/s. */
export function markdownTable(outcomes) {
    const lines = [
        "| work | ours median (min–max) | theirs median (min–max) | ratio | target | reached? | ours, % of bound | " +
            "theirs, % of bound | memory read GB/s (min–max) |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    ];
    for (const outcome of outcomes) {
        const {row} = outcome;
        lines.push("| " + [row.work, measuredText(row, outcome.ours), measuredText(row, outcome.theirs),
            outcome.ratio === null ? "–" : `${outcome.ratio.toFixed(2)}×`, targetText(row),
            outcome.reached === null ? "–" : outcome.reached ? "yes" : "no", percentText(outcome.oursPercent),
            percentText(outcome.theirsPercent), rangeText(outcome.read)].join(" | ") + " |");
    }
    return lines.join("\n");
}
