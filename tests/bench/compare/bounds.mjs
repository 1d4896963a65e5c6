// What the machine allows: the roofline's bound on a row's tokens per second, from the model's sizes.

const GROUP = 32;

/** Bits of a weight: of the linear layers, of the output layer. Scales are 16 bits in memory. */
const BITS = {
    int4: {linear: 4 + 16 / GROUP, output: 8},
    gguf: {linear: 4 + 16 / GROUP, output: 8 + 16 / GROUP},
    bf16: {linear: 16, output: 16}
};

/** Weights of the layers and of the output. `model` is what `anven inspect --json` prints. */
function weightsOf(model) {
    const q = model.heads * model.head_dim;
    const kv = model.kv_heads * model.head_dim;
    const perLayer = model.dim * (2 * q + 2 * kv + 3 * model.ffn_dim);
    return {linear: model.layers * perLayer, output: model.vocab * model.dim};
}

/** Bytes of weights that every token (decode) or every prompt (prefill) has to read. */
export function weightBytes(model, variant) {
    const weights = weightsOf(model);
    const bits = BITS[variant];
    return (weights.linear * bits.linear + weights.output * bits.output) / 8;
}

/** Multiply-adds count as two. The output layer is computed for the last token only. */
export function prefillOperations(model, tokens) {
    const weights = weightsOf(model);
    return {
        matmul: 2 * (weights.linear * tokens + weights.output),
        attention: 4 * model.layers * model.heads * model.head_dim * (tokens * (tokens + 1)) / 2   // QK and PV, causal
    };
}

/**
 * The most tokens per second that `roofline` (of `anven system --roofline --json`) allows. Weights are computed as int8
 * where they are quantized and as BF16 otherwise, attention as BF16; FP32 where the CPU has no such instruction.
 */
export function tokensPerSecondBound(model, variant, test, tokens, depth, roofline) {
    const perSecond = roofline.read_gb_per_s * 1e9;
    const bf16 = (roofline.bf16_gops ?? roofline.fp32_gops) * 1e9;
    const matmul = variant === "bf16" ? bf16 : (roofline.int8_gops ?? roofline.fp32_gops) * 1e9;
    if (test === "decode") {
        const context = Math.max(1, depth) + (tokens + 1) / 2;                                     // on average
        return perSecond / (weightBytes(model, variant) + model.kv_bytes_per_token * context);
    }
    const work = prefillOperations(model, tokens);
    const computing = work.matmul / matmul + work.attention / bf16;
    return tokens / Math.max(computing, weightBytes(model, variant) / perSecond);
}
