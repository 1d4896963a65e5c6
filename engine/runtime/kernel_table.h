#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/token_class.h"

namespace engine {

/// What decides whether a measurement holds for a CPU: the features that kernel variants ask for, and the
/// model.
struct CpuClass {
    std::vector<std::string> features;  ///< as kernels::cpuFeatureNames orders and spells them
    std::string model;                  ///< as /proc/cpuinfo names it; empty where it does not

    /// The CPU that this runs on.
    static CpuClass here();
    /// "avx2 fma f16c".
    std::string featureText() const;
};

/// The weight types that an op is measured with, as tables name them, in the order of the op's enum;
/// empty for an op that tables do not hold.
std::span<const std::string_view> weightNames(std::string_view op);

/// One variant's speed on one thread.
struct VariantSpeed {
    std::string variant;
    double gops = 0.0;    ///< 10^9 operations per second, a multiply-add counted as two
    double gbps = 0.0;    ///< 10^9 bytes of packed weights per second
    double spread = 0.0;  ///< half the interquartile range of the time, as a share of its median
    bool operator==(const VariantSpeed&) const = default;
};

/// True when the difference is real: more than 5 % of time, and the spreads do not overlap.
bool isFaster(const VariantSpeed& a, const VariantSpeed& b);

/// The variants of one op on one weight type and number of tokens.
struct KernelTableRow {
    std::string op;
    std::string weights;
    TokenClass tokens = TokenClass::one;
    std::vector<VariantSpeed> variants;  ///< fastest first
    bool operator==(const KernelTableRow&) const = default;
};

/// Measured speeds of the matmul variants on one class of CPUs. `anven kernels tune` writes the user's table;
/// profiles/kernels holds those that ship with the program.
struct KernelTable {
    std::vector<std::string> features;  ///< the CPUs that it holds for: exactly these features …
    std::string cpu;                    ///< … and this model; empty: any model
    std::string measured;               ///< when, on what and how, in words
    std::vector<KernelTableRow> rows;

    std::string source;   ///< the file it came from; not part of the file
    std::string problem;  ///< why a file that would come first is not used; empty when nothing is wrong

    bool empty() const { return rows.empty(); }
    bool holdsFor(const CpuClass& cpuClass) const;
    const KernelTableRow* find(std::string_view op, std::string_view weights, TokenClass tokens) const;

    /// Errors: corrupt, one line with file, line, key and expectation.
    static Result<KernelTable> parse(std::string_view text, const std::string& file);
    /// Errors: as parse; notFound, io, invalidInput as readYaml.
    static Result<KernelTable> read(const std::filesystem::path& file);
    /// The file's text (YAML).
    std::string text() const;
    /// Makes the folder and replaces the file in one step. Errors: io.
    Result<void> write(const std::filesystem::path& file) const;
};

/// The table in the first of `folders` that has one for this class; inside a folder one that names the CPU's
/// model goes before one that names none. Empty when there is none. A file that cannot be used is passed over
/// and named in `problem`: the program must run in spite of it.
KernelTable kernelTableFor(const CpuClass& cpuClass, std::span<const std::filesystem::path> folders);

/// The user's folder ($XDG_DATA_HOME/anven-workbench/kernels), then the one that ships with the program.
std::vector<std::filesystem::path> kernelTableFolders();
/// Where `anven kernels tune` writes for this class: one file per CPU, since a home may be shared.
std::filesystem::path userKernelTablePath(const CpuClass& cpuClass);
/// kernelTableFor this CPU in kernelTableFolders(); reads the files anew.
KernelTable kernelTableHere();

}  // namespace engine
