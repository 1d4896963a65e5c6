#include "engine/train/matrix_product.h"

#include "engine/train/train_kernels.h"

namespace engine::train {

template <>
void MatrixProduct<float>::writeTo(float* c, std::int64_t ldc, bool accumulate) const {
    trainKernels().gemm({m, n, k, first, ldFirst, transposed == Transposed::first, second, ldSecond,
                         transposed == Transposed::second, c, ldc, accumulate});
}

template <>
void MatrixProduct<double>::writeTo(double* c, std::int64_t ldc, bool accumulate) const {
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            double sum = accumulate ? c[i * ldc + j] : 0.0;
            for (std::int64_t l = 0; l < k; ++l)
                sum +=
                    (transposed == Transposed::first ? first[l * ldFirst + i] : first[i * ldFirst + l]) *
                    (transposed == Transposed::second ? second[j * ldSecond + l] : second[l * ldSecond + j]);
            c[i * ldc + j] = sum;
        }
}

}  // namespace engine::train
