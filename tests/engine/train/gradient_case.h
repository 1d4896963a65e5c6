#pragma once

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/train/decoder_passes.h"
#include "engine/train/loss_head.h"
#include "tests/support/fixtures.h"

namespace traintest {

/// A decoder of tests/data/gradients with its parameters as Real, and room for the gradients.
template <class Real>
class GradientCase {
public:
    explicit GradientCase(const std::string& name) {
        std::ifstream file(testsupport::dataPath("gradients/" + name + ".json"));
        json = nlohmann::json::parse(file);
        for (const auto& [key, values] : json["parameters"].items()) {
            parameters[key] = values.template get<std::vector<Real>>();
            gradients[key].assign(parameters[key].size(), Real{0});
        }
        const auto number = [&](const char* key) { return json[key].template get<std::int64_t>(); };
        shape.attention = {number("heads"), number("kv_heads"), number("head_dim")};
        shape.dim = number("dim");
        shape.hiddenDim = number("hidden");
        shape.normEps = json["eps"].template get<float>();
        shape.pairs = json["pairs"] == "adjacent" ? engine::RopePairs::adjacent : engine::RopePairs::halves;
        layers = number("layers");
        vocab = number("vocab");
        rank = number("rank");
        for (const auto& text : json["texts"]) {
            row.segments.push_back({row.size(), static_cast<std::int64_t>(text.size())});
            for (const auto& token : text)
                row.tokens.push_back(token.template get<std::int32_t>());
        }
        targets = json["targets"].template get<std::vector<std::int32_t>>();
        weights = json["weights"].template get<std::vector<Real>>();
        engine::RopeConfig rope;
        rope.theta = json["theta"].template get<double>();
        table = engine::makeRopeTable(rope, shape.attention.headDim, 8);
        describe();
    }

    /// The loss of the whole row; gradients are added to `gradients`.
    double run(engine::train::Checkpointing checkpointing) {
        engine::train::DecoderPasses<Real> passes(shape, table, checkpointing);
        const auto hidden = passes.forward(decoder, row);
        engine::train::Teacher<Real> teacher;
        engine::train::LossRows<Real> rows{targets, weights, nullptr};
        std::vector<Real> teacherHead, teacherHidden;
        if (json["teacher_share"].template get<double>() > 0) {
            teacherHead = json["teacher_head"].template get<std::vector<Real>>();
            teacherHidden = json["teacher_hidden"].template get<std::vector<Real>>();
            teacher.head.weight = {teacherHead.data(), {}, vocab, 3};
            teacher.hidden = teacherHidden;
            teacher.share = json["teacher_share"].template get<Real>();
            rows.teacher = &teacher;
        }
        std::vector<Real> dHidden(hidden.size());
        const auto sums =
            engine::train::lossOfRows<Real>({decoder.output, false}, hidden, rows, dHidden, wanted.output);
        passes.backward(decoder, row, dHidden, wanted);
        return sums.loss;
    }

    nlohmann::json json;
    std::map<std::string, std::vector<Real>> parameters;
    std::map<std::string, std::vector<Real>> gradients;
    engine::train::BlockShape shape;
    std::int64_t layers = 0;
    std::int64_t vocab = 0;
    std::int64_t rank = 0;
    engine::train::TokenRow row;
    std::vector<std::int32_t> targets;
    std::vector<Real> weights;
    engine::RopeTable table;
    engine::train::DecoderWeights<Real> decoder;
    engine::train::DecoderGradients<Real> wanted;

private:
    const Real* value(const std::string& key) {
        return parameters.contains(key) ? parameters[key].data() : nullptr;
    }
    Real* gradient(const std::string& key) {
        return gradients.contains(key) ? gradients[key].data() : nullptr;
    }

    void describe() {
        using namespace engine::train;
        decoder.embedding = {value("embedding"), {}, vocab, shape.dim};
        decoder.finalNorm = value("norm");
        const std::string head = parameters.contains("output") ? "output" : "embedding";
        decoder.output = {value(head), {}, vocab, shape.dim};
        wanted.embedding = gradient("embedding");
        wanted.finalNorm = gradient("norm");
        wanted.output = gradient(head);
        const char* const names[] = {"wq", "wk", "wv", "wo", "w1", "w2", "w3"};
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            const auto prefix = std::to_string(layer) + ".";
            BlockWeights<Real> block;
            BlockGradients<Real> gradientsOfBlock;
            block.attentionNorm = value(prefix + "attention_norm");
            block.ffnNorm = value(prefix + "ffn_norm");
            gradientsOfBlock.attentionNorm = gradient(prefix + "attention_norm");
            gradientsOfBlock.ffnNorm = gradient(prefix + "ffn_norm");
            for (std::size_t i = 0; i < kBlockLinears; ++i) {
                const auto linear = prefix + names[i];
                const auto [rows, cols] = linearShape(shape, static_cast<BlockLinear>(i));
                block.linears[i] = {{value(linear + ".weight"), {}, rows, cols},
                                    value(linear + ".bias"),
                                    value(linear + ".A"),
                                    value(linear + ".B"),
                                    rank,
                                    json["lora_scale"].template get<Real>()};
                gradientsOfBlock.linears[i] = {gradient(linear + ".weight"), gradient(linear + ".bias"),
                                               gradient(linear + ".A"), gradient(linear + ".B")};
            }
            decoder.blocks.push_back(std::move(block));
            wanted.blocks.push_back(gradientsOfBlock);
        }
    }
};

}  // namespace traintest
