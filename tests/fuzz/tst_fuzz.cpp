#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/base/resources.h"
#include "engine/checkpoint/inspection.h"
#include "engine/checkpoint/zip_directory.h"
#include "engine/generate/local_model.h"
#include "tests/fuzz/mutation.h"
#include "tests/support/fixtures.h"

namespace fs = std::filesystem;

/// Good model files with seeded damage: whatever they hold, opening and running them gives a model or one
/// clear error. Every row works in a process of its own, so that a crash is a failure with the seed that
/// repeats it.
class TestFuzz : public QObject {
    Q_OBJECT
private slots:
    void survivesDamage_data();
    void survivesDamage();
    void noticesACrash();
};

namespace {

enum class Part { whole, header, zip, pickle };

/// What the working process leaves behind, however it ends.
struct Progress {
    std::uint64_t seed = 0;
    int accepted = 0;
    int refused = 0;
    char failure[1500] = {};
};

std::uint64_t setting(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

std::string readAll(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t littleEndian(const std::string& bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, size);
    return static_cast<std::size_t>(value);
}

/// The pickle of a .pth file, whose checksum must be right for a reader to look into it.
fuzz::Range pickleOf(const std::string& bytes) {
    const auto entries = engine::readZipDirectory(std::as_bytes(std::span(bytes)));
    if (entries)
        for (const auto& [name, entry] : *entries)
            if (name.ends_with("data.pkl")) {
                const auto begin =
                    static_cast<std::size_t>(reinterpret_cast<const char*>(entry.data.data()) - bytes.data());
                return {begin, begin + entry.data.size()};
            }
    return {};
}

void correctChecksum(std::string& bytes, const fuzz::Range& pickle, std::uint32_t before) {
    const auto now =
        engine::crc32(std::as_bytes(std::span(bytes)).subspan(pickle.begin, pickle.end - pickle.begin));
    for (auto at = bytes.find(std::string(reinterpret_cast<const char*>(&before), 4), pickle.end);
         at != std::string::npos;
         at = bytes.find(std::string(reinterpret_cast<const char*>(&before), 4), at + 4))
        std::memcpy(bytes.data() + at, &now, 4);
}

/// The damaged file for a seed.
std::string damaged(const std::string& good, Part part, std::uint64_t seed) {
    fuzz::Random random(seed);
    auto bytes = good;
    if (part == Part::pickle) {
        const auto pickle = pickleOf(good);
        const auto before =
            engine::crc32(std::as_bytes(std::span(good)).subspan(pickle.begin, pickle.end - pickle.begin));
        fuzz::mutate(bytes, {pickle}, true, random);
        correctChecksum(bytes, pickle, before);
        return bytes;
    }
    std::vector<fuzz::Range> ranges{{0, good.size()}};
    if (part == Part::header)  // safetensors says how long it is; a GGUF's holds the vocabulary
        ranges = {{0, good.starts_with("GGUF") ? std::min<std::size_t>(good.size(), 24'000)
                                               : littleEndian(good, 0, 8) + 8},
                  {0, 64}};
    if (part == Part::zip)
        ranges = {{0, 200},
                  {good.size() - std::min<std::size_t>(good.size(), 4000), good.size()},
                  {good.size() - 30, good.size()}};
    fuzz::mutate(bytes, ranges, false, random);
    return bytes;
}

/// Everything that a person does with a model: look at it, tokenize, load, run. Returns what is wrong with an
/// error, if anything.
std::string use(const std::string& model, bool& accepted) {
    const auto complaint = [](const engine::Error& error) -> std::string {
        if (error.code == engine::ErrorCode::internal)
            return "internal error: " + error.message;
        if (error.message.empty() || error.message.size() > 1000)
            return "an error of " + std::to_string(error.message.size()) + " characters";
        return error.message.find('\n') != std::string::npos ? "an error of several lines: " + error.message
                                                             : "";
    };
    accepted = false;
    const auto checkpoint = engine::Checkpoint::open(model);
    if (!checkpoint)
        return complaint(checkpoint.error());
    if (engine::inspectionJson(**checkpoint).empty())
        return "an empty inspection";
    const auto tokenizer = engine::Tokenizer::load(**checkpoint);
    if (!tokenizer && tokenizer.error().code != engine::ErrorCode::notFound)
        return complaint(tokenizer.error());
    if (tokenizer) {
        const auto ids = (*tokenizer)->encode("Hi 12 \xf0\x9f\x99\x82\xff");
        [[maybe_unused]] const auto text = (*tokenizer)->decode(ids);
    }
    engine::LoadRequest request;
    request.model = model;
    request.threads = 1;
    request.context = 16;
    const auto local = engine::LocalModel::load(request);
    if (!local)
        return complaint(local.error());
    accepted = true;
    const engine::TokenId tokens[] = {engine::TokenId{1}, engine::TokenId{7}, engine::TokenId{3}};
    const auto logits = (*local)->session().prefill(tokens);
    return logits ? "" : complaint(logits.error());
}

/// The working process: never returns.
[[noreturn]] void work(const fs::path& file, const std::string& model, Part part, std::uint64_t firstSeed,
                       std::uint64_t rounds, Progress& progress) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const rlimit memory{rlim_t{3} << 30,
                        rlim_t{3} << 30};  // a file that is believed must not take the machine's memory
    ::setrlimit(RLIMIT_AS, &memory);
#endif
    const rlimit noCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &noCore);
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM})
        ::signal(signal, SIG_DFL);  // not Qt's stack trace: the seed tells more
    const auto good = readAll(file);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        progress.seed = firstSeed + round;
        ::alarm(30);
        {
            std::ofstream out(file, std::ios::binary | std::ios::trunc);
            const auto bytes = damaged(good, part, progress.seed);
            out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        }
        bool accepted = false;
        const auto wrong = use(model, accepted);
        ++(accepted ? progress.accepted : progress.refused);
        if (!wrong.empty()) {
            std::strncpy(progress.failure, wrong.c_str(), sizeof progress.failure - 1);
            ::_exit(1);
        }
    }
    ::_exit(0);
}

/// Runs `body` in a child process; empty when it ended well, else how it ended.
template <class Body>
std::string inChild(Progress& progress, const Body& body) {
    const pid_t child = ::fork();
    if (child == 0)
        body();
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child)
        return "the process could not be started";
    if (WIFSIGNALED(status))
        return std::string("ended by signal ") + ::strsignal(WTERMSIG(status));
    return WEXITSTATUS(status) == 0
               ? ""
               : "exit code " + std::to_string(WEXITSTATUS(status)) + ": " + progress.failure;
}

Progress& sharedProgress() {
    static auto* memory = static_cast<Progress*>(
        ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    return *new (memory) Progress;
}

}  // namespace

void TestFuzz::survivesDamage_data() {
    QTest::addColumn<QString>("model");  // folder or file that is opened
    QTest::addColumn<QString>("file");   // what is damaged; empty: the model itself
    QTest::addColumn<int>("part");
    const auto row = [](const char* name, const std::string& model, const char* file, Part part) {
        QTest::newRow(name) << QString::fromStdString(model) << QString(file) << static_cast<int>(part);
    };
    const auto golden = [](const char* name) {
        return testsupport::dataPath(std::string("golden/") + name).string();
    };
    row("gguf bf16", golden("text-bf16/gguf/model-bf16.gguf"), "", Part::header);
    row("gguf q4_0", golden("text-bf16/gguf/model-q4_0.gguf"), "", Part::header);
    row("gguf qwen2", golden("text-qwen2/gguf/model-bf16.gguf"), "", Part::header);
    row("safetensors", golden("text-bf16/hf"), "model.safetensors", Part::header);
    row("safetensors with biases", golden("text-qwen2/hf"), "model.safetensors", Part::header);
    row("safetensors index", golden("text-bf16/hf-sharded"), "model.safetensors.index.json", Part::whole);
    row("config.json", golden("text-bf16/hf"), "config.json", Part::whole);
    row("tokenizer.json", golden("text-bf16/hf"), "tokenizer.json", Part::whole);
    row("params.json", golden("text-bf16/meta"), "params.json", Part::whole);
    row("params.json int4", golden("text-spinquant-int4/meta"), "params.json", Part::whole);
    row("pth archive", golden("text-bf16/meta"), "consolidated.00.pth", Part::zip);
    row("pth pickle", golden("text-bf16/meta"), "consolidated.00.pth", Part::pickle);
    row("pth pickle with adapters", golden("text-qlora-int4/meta"), "consolidated.00.pth", Part::pickle);
    row("pth pickle int4", golden("text-spinquant-int4/meta"), "consolidated.00.pth", Part::pickle);
    row("tokenizer.model with ranks", golden("text-bf16/meta"), "tokenizer.model", Part::whole);
    row("tokenizer.model of SentencePiece", engine::resourcePath("demo/bf16").string(), "tokenizer.model",
        Part::whole);
}

void TestFuzz::survivesDamage() {
    QFETCH(QString, model);
    QFETCH(QString, file);
    QFETCH(int, part);
    const QTemporaryDir folder;
    const fs::path copy = fs::path(folder.path().toStdString()) / "model";
    const fs::path original(model.toStdString());
    const bool isFolder = file.size() > 0;
    const fs::path opened = isFolder ? copy : fs::path(copy.string() + original.extension().string());
    fs::copy(original, opened, fs::copy_options::recursive);
    const fs::path target = isFolder ? copy / file.toStdString() : opened;
    fs::permissions(target, fs::perms::owner_write, fs::perm_options::add);
    if (static_cast<Part>(part) == Part::pickle)
        QVERIFY(pickleOf(readAll(target)).end > 0);

    auto& progress = sharedProgress();
    const auto rounds = setting("ANVEN_FUZZ_ROUNDS", 600);
    const auto seed = setting("ANVEN_FUZZ_SEED", 1'000'000);
    const auto wrong = inChild(
        progress, [&] { work(target, opened.string(), static_cast<Part>(part), seed, rounds, progress); });
    QVERIFY2(wrong.empty(), qPrintable(QString("%1; repeat with ANVEN_FUZZ_SEED=%2 ANVEN_FUZZ_ROUNDS=1")
                                           .arg(QString::fromStdString(wrong))
                                           .arg(progress.seed)));
    QCOMPARE(static_cast<std::uint64_t>(progress.accepted) + static_cast<std::uint64_t>(progress.refused),
             rounds);
    if (rounds >= 100)  // damage that nothing notices tests nothing
        QVERIFY2(progress.refused > 0, "no damaged file was refused");
}

void TestFuzz::noticesACrash() {
    auto& progress = sharedProgress();
    const auto crashed = inChild(progress, [&] {
        ::signal(SIGABRT, SIG_DFL);
        progress.seed = 77;
        ::abort();
    });
    QVERIFY2(crashed.starts_with("ended by signal"), crashed.c_str());
    QCOMPARE(progress.seed, std::uint64_t{77});
    QCOMPARE(inChild(progress, [] { ::_exit(0); }), std::string());
}

QTEST_GUILESS_MAIN(TestFuzz)
#include "tst_fuzz.moc"
