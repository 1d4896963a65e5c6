#include "engine/checkpoint/gguf_types.h"

#include <array>

namespace engine {

std::span<const GgufTensorType> ggufTensorTypes() {
    static const std::array<GgufTensorType, 19> types = {{{0, "F32", 1, 4, DType::f32},
                                                          {1, "F16", 1, 2, DType::f16},
                                                          {2, "Q4_0", 32, 18, DType::q4_0},
                                                          {3, "Q4_1", 32, 20, {}},
                                                          {6, "Q5_0", 32, 22, {}},
                                                          {7, "Q5_1", 32, 24, {}},
                                                          {8, "Q8_0", 32, 34, DType::q8_0},
                                                          {10, "Q2_K", 256, 84, {}},
                                                          {11, "Q3_K", 256, 110, {}},
                                                          {12, "Q4_K", 256, 144, {}},
                                                          {13, "Q5_K", 256, 176, {}},
                                                          {14, "Q6_K", 256, 210, {}},
                                                          {15, "Q8_K", 256, 292, {}},
                                                          {24, "I8", 1, 1, DType::i8},
                                                          {25, "I16", 1, 2, DType::i16},
                                                          {26, "I32", 1, 4, DType::i32},
                                                          {27, "I64", 1, 8, DType::i64},
                                                          {28, "F64", 1, 8, DType::f64},
                                                          {30, "BF16", 1, 2, DType::bf16}}};
    return types;
}

}  // namespace engine
