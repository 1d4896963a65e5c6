#!/usr/bin/env bash
# Builds the kernels for AArch64 and verifies them under qemu: verify_aarch64.sh SOURCE-FOLDER BUILD-FOLDER.
# Exit status 77 (skipped) where the compiler or the emulator is missing.
set -euo pipefail
for program in aarch64-linux-gnu-g++ qemu-aarch64-static ninja; do
    command -v "$program" >/dev/null || {
        echo "skipped: $program is not installed (Debian: g++-aarch64-linux-gnu, qemu-user-static, ninja-build)"
        exit 77
    }
done
cmake -S "$1" -B "$2" --preset cross-aarch64
cmake --build "$2" -j 2
ctest --test-dir "$2" --verbose
# Older CPUs: variants are chosen by what a CPU has, and the code for one uses nothing newer.
qemu-aarch64-static -cpu cortex-a53 "$2/bin/verify_kernels" neon
qemu-aarch64-static -cpu cortex-a76 "$2/bin/verify_kernels" neon neon_dotprod
