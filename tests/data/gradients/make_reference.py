#!/usr/bin/env python3
"""Writes <case>.json: a tiny decoder, its loss and the gradient of the loss to every parameter.

Written from the published formulas alone (RMSNorm, RoPE, grouped-query attention, SwiGLU, LoRA, cross-entropy and KL),
without looking at engine/train, and differentiated without any backward pass: the complex step, d f / d p =
Im f(p + ih) / h with h = 1e-30, is exact to the last digits of a double. Needs Python 3 alone:

    python3 make_reference.py OUTPUT_FOLDER
"""
import cmath
import json
import math
import random
import sys

STEP = 1e-30


def matvec(w, x):  # w: [rows][cols]
    return [sum(a * b for a, b in zip(row, x)) for row in w]


def rmsnorm(x, weight, eps):
    scale = 1 / cmath.sqrt(sum(v * v for v in x) / len(x) + eps)
    return [v * scale * w for v, w in zip(x, weight)]


def softmax(scores):
    most = max(s.real for s in scores)
    exps = [cmath.exp(s - most) for s in scores]
    total = sum(exps)
    return [e / total for e in exps]


def silu(v):
    return v / (1 + cmath.exp(-v))


class Model:
    def __init__(self, case):
        self.c = case

    def linear(self, p, name, x):
        y = matvec(p[name + ".weight"], x)
        if name + ".bias" in p:
            y = [a + b for a, b in zip(y, p[name + ".bias"])]
        if name + ".A" in p:
            low = matvec(p[name + ".A"], x)
            y = [a + self.c["lora_scale"] * b for a, b in zip(y, matvec(p[name + ".B"], low))]
        return y

    def rope(self, x, position):
        half = self.c["head_dim"] // 2
        out = list(x)
        for h in range(0, len(x), self.c["head_dim"]):
            for i in range(half):
                angle = position * self.c["theta"] ** (-2 * i / self.c["head_dim"])
                a, b = (h + 2 * i, h + 2 * i + 1) if self.c["pairs"] == "adjacent" else (h + i, h + i + half)
                out[a] = x[a] * math.cos(angle) - x[b] * math.sin(angle)
                out[b] = x[a] * math.sin(angle) + x[b] * math.cos(angle)
        return out

    def attention(self, q, keys, values):
        hd = self.c["head_dim"]
        group = self.c["heads"] // self.c["kv_heads"]
        out = []
        for head in range(self.c["heads"]):
            at = head // group * hd
            query = q[head * hd:(head + 1) * hd]
            weights = softmax([sum(a * b for a, b in zip(query, k[at:at + hd])) / math.sqrt(hd) for k in keys])
            out += [sum(w * v[at + i] for w, v in zip(weights, values)) for i in range(hd)]
        return out

    def hidden(self, p, tokens):
        xs = [list(p["embedding"][t]) for t in tokens]
        for layer in range(self.c["layers"]):
            pre = f"{layer}."
            keys, values, queries = [], [], []
            for position, x in enumerate(xs):
                n = rmsnorm(x, p[pre + "attention_norm"], self.c["eps"])
                queries.append(self.rope(self.linear(p, pre + "wq", n), position))
                keys.append(self.rope(self.linear(p, pre + "wk", n), position))
                values.append(self.linear(p, pre + "wv", n))
            for t, x in enumerate(xs):
                context = self.attention(queries[t], keys[:t + 1], values[:t + 1])
                x = [a + b for a, b in zip(x, self.linear(p, pre + "wo", context))]
                n = rmsnorm(x, p[pre + "ffn_norm"], self.c["eps"])
                h = [silu(g) * u for g, u in zip(self.linear(p, pre + "w1", n), self.linear(p, pre + "w3", n))]
                xs[t] = [a + b for a, b in zip(x, self.linear(p, pre + "w2", h))]
        return [rmsnorm(x, p["norm"], self.c["eps"]) for x in xs]

    def loss(self, p):
        head = p["output"] if "output" in p else p["embedding"]
        total = 0
        t = 0
        for text in self.c["texts"]:
            for hidden in self.hidden(p, text):
                weight, target = self.c["weights"][t], self.c["targets"][t]
                log_p = [cmath.log(v) for v in softmax(matvec(head, hidden))]
                share = self.c["teacher_share"]
                total -= weight * (1 - share) * log_p[target]
                if share:
                    q = [v.real for v in softmax(matvec(self.c["teacher_head"], self.c["teacher_hidden"][t]))]
                    total += weight * share * sum(a * (math.log(a) - b) for a, b in zip(q, log_p))
                t += 1
        return total


def shapes(c):
    kv = c["kv_heads"] * c["head_dim"]
    q = c["heads"] * c["head_dim"]
    result = {"embedding": (c["vocab"], c["dim"]), "norm": (c["dim"],)}
    if not c["tied"]:
        result["output"] = (c["vocab"], c["dim"])
    linears = {"wq": (q, c["dim"]), "wk": (kv, c["dim"]), "wv": (kv, c["dim"]), "wo": (c["dim"], q),
               "w1": (c["hidden"], c["dim"]), "w2": (c["dim"], c["hidden"]), "w3": (c["hidden"], c["dim"])}
    for layer in range(c["layers"]):
        result[f"{layer}.attention_norm"] = result[f"{layer}.ffn_norm"] = (c["dim"],)
        for name, (rows, cols) in linears.items():
            result[f"{layer}.{name}.weight"] = (rows, cols)
            if c["bias"] and name in ("wq", "wk", "wv"):
                result[f"{layer}.{name}.bias"] = (rows,)
            if c["rank"]:
                result[f"{layer}.{name}.A"] = (c["rank"], cols)
                result[f"{layer}.{name}.B"] = (rows, c["rank"])
    return result


def make(case, seed):
    rng = random.Random(seed)

    def draw(shape, low, high):
        if len(shape) == 1:
            return [round(rng.uniform(low, high), 6) for _ in range(shape[0])]
        return [draw(shape[1:], low, high) for _ in range(shape[0])]

    tokens = sum(len(t) for t in case["texts"])
    case["targets"] = [rng.randrange(case["vocab"]) for _ in range(tokens)]
    case["weights"] = [0.0 if i == 2 else round(rng.uniform(0.2, 1.0), 3) for i in range(tokens)]
    if case["teacher_share"]:
        case["teacher_hidden"] = draw((tokens, 3), -2, 2)
        case["teacher_head"] = draw((case["vocab"], 3), -1, 1)
    p = {name: draw(shape, 0.5, 1.5) if "norm" in name else draw(shape, -0.6, 0.6)
         for name, shape in shapes(case).items()}
    model = Model(case)
    gradients = {}
    for name, value in p.items():
        rows = value if isinstance(value[0], list) else [value]
        flat = []
        for row in rows:
            for i, before in enumerate(row):
                row[i] = complex(before, STEP)
                flat.append(model.loss(p).imag / STEP)
                row[i] = before
        gradients[name] = flat
    flatten = lambda v: [x for row in v for x in row] if isinstance(v[0], list) else v
    case["loss"] = complex(model.loss(p)).real
    case["parameters"] = {name: flatten(value) for name, value in p.items()}
    case["gradients"] = gradients
    for key in ("teacher_hidden", "teacher_head"):
        if key in case:
            case[key] = flatten(case[key])
    return case


COMMON = {"dim": 6, "heads": 4, "kv_heads": 2, "head_dim": 4, "hidden": 10, "layers": 2, "vocab": 9, "eps": 1e-5,
          "theta": 100.0, "lora_scale": 1.5, "texts": [[3, 1, 4, 1, 5], [8, 2, 6]]}
CASES = {
    "llama_tied": {"pairs": "adjacent", "tied": True, "bias": False, "rank": 0, "teacher_share": 0.0},
    "qwen": {"pairs": "halves", "tied": False, "bias": True, "rank": 0, "teacher_share": 0.0},
    "lora_distilled": {"pairs": "adjacent", "tied": False, "bias": False, "rank": 2, "teacher_share": 0.4},
}

if __name__ == "__main__":
    for number, (name, special) in enumerate(CASES.items()):
        with open(f"{sys.argv[1]}/{name}.json", "w") as file:
            json.dump(make({**COMMON, **special}, 100 + number), file, separators=(",", ":"))
