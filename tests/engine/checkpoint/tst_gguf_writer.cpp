#include <sys/resource.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <cstring>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/gguf_reader.h"
#include "engine/checkpoint/gguf_writer.h"
#include "tests/support/fixtures.h"

using engine::DType;
using engine::GgufContents;

namespace {

/// Byte `i` of tensor `index`, different for neighbours.
std::byte expectedByte(std::size_t index, std::size_t i) {
    return static_cast<std::byte>((i * 31 + index * 7 + 1) & 0xff);
}

void fillBytes(std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = expectedByte(index, offset + i);
}

GgufContents sample() {
    GgufContents contents;
    contents.entries = {{"general.architecture", std::string("llama")},
                        {"a.flag", true},
                        {"a.u32", std::uint32_t{4'000'000'000U}},
                        {"an.i32", std::int32_t{-7}},
                        {"a.u64", std::uint64_t{1} << 63},
                        {"an.i64", std::int64_t{-1} << 40},
                        {"an.f32", 0.5F},
                        {"an.f64", 1e-300},
                        {"empty.text", std::string()},
                        {"texts", std::vector<std::string>{"Ġthe", "", "日本"}},
                        {"i32s", std::vector<std::int32_t>{1, -2, 3}},
                        {"u32s", std::vector<std::uint32_t>{4'000'000'000U}},
                        {"f32s", std::vector<float>{0.25F, -1.0F}},
                        {"no.texts", std::vector<std::string>{}}};
    contents.tensors = {{"token_embd.weight", DType::q8_0, {300, 64}},
                        {"blk.0.attn_q.weight", DType::q4_0, {96, 32}},
                        {"output_norm.weight", DType::f32, {37}},
                        {"big", DType::bf16, {300, 40'000}},           // 24 MB: several chunks
                        {"big.blocks", DType::q4_0, {5000, 32 * 77}},  // chunks end between blocks
                        {"halves", DType::f16, {2, 3, 4, 5}}};
    return contents;
}

}  // namespace

/// What is written is what the reader reads, byte for byte; what cannot be written leaves nothing.
class TestGgufWriter : public QObject {
    Q_OBJECT
private slots:
    void theReaderReadsItBack_data();
    void theReaderReadsItBack();
    void aGoldenFileIsWrittenAgain();
    void blocksAreNeverSplit();
    void nonsenseIsRefused_data();
    void nonsenseIsRefused();
    void aFullDiskLeavesNothing();
    void aStopLeavesNothing();
    void aFolderThatIsNotThereIsAnError();

private:
    std::filesystem::path file() const {
        return std::filesystem::path(folder_.path().toStdString()) / "model.gguf";
    }
    QTemporaryDir folder_;
};

void TestGgufWriter::theReaderReadsItBack_data() {
    QTest::addColumn<int>("alignment");
    for (const int alignment : {8, 32, 64, 4096})
        QTest::addRow("alignment %d", alignment) << alignment;
}

void TestGgufWriter::theReaderReadsItBack() {
    QFETCH(int, alignment);
    auto contents = sample();
    contents.alignment = static_cast<std::uint64_t>(alignment);
    const auto written = engine::writeGguf(file(), contents, fillBytes);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    QVERIFY(!std::filesystem::exists(file().string() + ".part"));
    const auto mapping = engine::MappedFile::open(file());
    QVERIFY(mapping);
    const auto read = engine::readGguf(**mapping);
    QVERIFY2(read, read ? "" : read.error().message.c_str());

    const auto& metadata = read->metadata;
    QCOMPARE(metadata.text("general.architecture"), std::optional<std::string>("llama"));
    QCOMPARE(metadata.flag("a.flag"), std::optional(true));
    QCOMPARE(metadata.integer("a.u32"), std::optional<std::int64_t>(4'000'000'000));
    QCOMPARE(metadata.integer("an.i32"), std::optional<std::int64_t>(-7));
    QVERIFY(std::get<std::uint64_t>(metadata.values.at("a.u64")) == std::uint64_t{1} << 63);
    QCOMPARE(metadata.integer("an.i64"), std::optional<std::int64_t>(std::int64_t{-1} << 40));
    QCOMPARE(metadata.number("an.f32"), std::optional(0.5));
    QCOMPARE(metadata.number("an.f64"), std::optional(1e-300));
    QCOMPARE(metadata.text("empty.text"), std::optional<std::string>(""));
    QCOMPARE(*metadata.texts("texts"), (std::vector<std::string>{"Ġthe", "", "日本"}));
    QCOMPARE(*metadata.integers("i32s"), (std::vector<std::int64_t>{1, -2, 3}));
    QCOMPARE(*metadata.integers("u32s"), (std::vector<std::int64_t>{4'000'000'000}));
    QCOMPARE(*metadata.numbers("f32s"), (std::vector<double>{0.25, -1.0}));
    QVERIFY(metadata.texts("no.texts")->empty());

    QCOMPARE(read->tensors.size(), contents.tensors.size());
    for (std::size_t index = 0; index < contents.tensors.size(); ++index) {
        const auto& tensor = read->tensors.at(contents.tensors[index].name);
        QCOMPARE(tensor.type, contents.tensors[index].type);
        QCOMPARE(tensor.shape, contents.tensors[index].shape);
        QCOMPARE((tensor.data - (*mapping)->bytes().data()) % alignment, 0);
        const auto size = static_cast<std::size_t>(contents.tensors[index].bytes());
        QCOMPARE(tensor.bytes(), size);
        for (std::size_t i = 0; i < size; ++i)
            if (tensor.data[i] != expectedByte(index, i))
                QFAIL(qPrintable(QString("%1 differs at byte %2")
                                     .arg(QString::fromStdString(contents.tensors[index].name))
                                     .arg(i)));
    }
}

/// The file that the format's own library wrote comes out the same when its tensors and keys go back in.
void TestGgufWriter::aGoldenFileIsWrittenAgain() {
    const auto golden = testsupport::dataPath("golden/files/gguf/good.gguf");
    const auto mapping = engine::MappedFile::open(golden);
    QVERIFY(mapping);
    const auto original = engine::readGguf(**mapping);
    QVERIFY(original);
    GgufContents contents;
    std::vector<const engine::Tensor*> views;
    for (const auto& [name, tensor] : original->tensors) {
        contents.tensors.push_back({name, tensor.type, tensor.shape});
        views.push_back(&tensor);
    }
    const auto written =
        engine::writeGguf(file(), contents, [&](std::size_t index, std::size_t offset, auto bytes) {
            std::memcpy(bytes.data(), views[index]->data + offset, bytes.size());
        });
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const auto again = engine::MappedFile::open(file());
    const auto copy = engine::readGguf(**again);
    QVERIFY(copy);
    QVERIFY(!copy->tensors.empty());
    for (const auto& [name, tensor] : original->tensors) {
        const auto& other = copy->tensors.at(name);
        QCOMPARE(other.type, tensor.type);
        QCOMPARE(other.shape, tensor.shape);
        QVERIFY2(std::memcmp(other.data, tensor.data, tensor.bytes()) == 0, name.c_str());
    }
}

void TestGgufWriter::blocksAreNeverSplit() {
    const auto contents = sample();
    bool whole = true;
    const auto written =
        engine::writeGguf(file(), contents, [&](std::size_t index, std::size_t offset, auto bytes) {
            const std::size_t block = contents.tensors[index].type == DType::q4_0   ? 18
                                      : contents.tensors[index].type == DType::q8_0 ? 34
                                                                                    : 2;
            whole = whole && offset % block == 0 && bytes.size() % block == 0;
            fillBytes(index, offset, bytes);
        });
    QVERIFY(written);
    QVERIFY(whole);
}

void TestGgufWriter::nonsenseIsRefused_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* kind, const char* expected) {
        QTest::newRow(kind) << QString(kind) << QString(expected);
    };
    row("alignment", "alignment 48 is no power of two");
    row("key twice", "key a.flag is given twice");
    row("own alignment key", "leave the key out");
    row("text that is no UTF-8", "is not UTF-8");
    row("long tensor name", "1 to 63 bytes");
    row("tensor twice", "tensor halves is given twice");
    row("type", "has type ");
    row("no dims", "has 0 dims");
    row("five dims", "has 5 dims");
    row("rows of part blocks", "rows of 48 elements");
    row("empty extent", "extent below 1");
    row("overflow", "overflows");
}

void TestGgufWriter::nonsenseIsRefused() {
    QFETCH(QString, kind);
    QFETCH(QString, expected);
    auto contents = sample();
    auto& last = contents.tensors.back();
    if (kind == "alignment")
        contents.alignment = 48;
    else if (kind == "key twice")
        contents.entries.push_back({"a.flag", false});
    else if (kind == "own alignment key")
        contents.entries.push_back({"general.alignment", std::uint32_t{64}});
    else if (kind == "text that is no UTF-8")
        contents.entries.push_back({"bad", std::vector<std::string>{"fine", "\xff"}});
    else if (kind == "long tensor name")
        last.name = std::string(64, 'n');
    else if (kind == "tensor twice")
        contents.tensors.push_back(last);
    else if (kind == "type")
        last.type = DType::i8;
    else if (kind == "no dims")
        last.shape = {};
    else if (kind == "five dims")
        last.shape = {1, 1, 1, 1, 1};
    else if (kind == "rows of part blocks")
        last = {"x", DType::q4_0, {2, 48}};
    else if (kind == "empty extent")
        last.shape = {4, 0};
    else
        last.shape = {std::int64_t{1} << 40, std::int64_t{1} << 40};
    std::filesystem::remove(file());
    const auto written = engine::writeGguf(file(), contents, fillBytes);
    QVERIFY(!written);
    QCOMPARE(written.error().code, engine::ErrorCode::invalidInput);
    QVERIFY2(QString::fromStdString(written.error().message).contains(expected),
             written.error().message.c_str());
    QCOMPARE(QDir(folder_.path()).entryList(QDir::Files), QStringList());
}

/// A limit on file size stands for a full disk: both refuse a write in the middle.
void TestGgufWriter::aFullDiskLeavesNothing() {
    std::filesystem::remove(file());
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{5'000'000, before.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = engine::writeGguf(file(), sample(), fillBytes);
    ::setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!written);
    QCOMPARE(written.error().code, engine::ErrorCode::io);
    QVERIFY2(written.error().message.find("File too large") != std::string::npos,
             written.error().message.c_str());
    QCOMPARE(QDir(folder_.path()).entryList(QDir::Files), QStringList());
}

void TestGgufWriter::aStopLeavesNothing() {
    std::filesystem::remove(file());
    std::stop_source stop;
    const auto written = engine::writeGguf(
        file(), sample(),
        [&](std::size_t index, std::size_t, std::span<std::byte>) {
            if (index == 3)
                stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!written);
    QCOMPARE(written.error().code, engine::ErrorCode::cancelled);
    QCOMPARE(QDir(folder_.path()).entryList(QDir::Files), QStringList());
}

void TestGgufWriter::aFolderThatIsNotThereIsAnError() {
    const auto written = engine::writeGguf("/nowhere/at/all/x.gguf", sample(), fillBytes);
    QVERIFY(!written);
    QCOMPARE(written.error().code, engine::ErrorCode::io);
    QVERIFY2(written.error().message.find("No such file") != std::string::npos,
             written.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestGgufWriter)
#include "tst_gguf_writer.moc"
