#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <fstream>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/pth_reader.h"
#include "engine/checkpoint/pth_writer.h"

using engine::DType;
using engine::NamedTensor;

namespace {

/// Byte `i` of tensor `index`, different for neighbours.
std::byte expectedByte(std::size_t index, std::size_t i) {
    return static_cast<std::byte>((i * 31 + index * 7 + 1) & 0xff);
}

void fillBytes(std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = expectedByte(index, offset + i);
}

std::vector<NamedTensor> sampleTensors() {
    return {{"layers.0.attention.wq.weight", DType::i8, {16, 32}, {}},
            {"layers.0.attention.wq.scales", DType::f32, {16, 1}, {}},
            {"norm.weight", DType::bf16, {37}, {}},
            {"tok_embeddings.weight", DType::bf16, {300, 70'000}, {}},  // 42 MB: several chunks
            {"a.scalar", DType::f64, {}, {}},
            {"an.empty.one", DType::i64, {0, 4}, {}}};
}

}  // namespace

/// What is written is what the reader reads, byte for byte; a write that fails leaves nothing.
class TestPthWriter : public QObject {
    Q_OBJECT
private slots:
    void theReaderReadsItBack();
    void dataIsAlignedTo64Bytes();
    void tiedTensorsShareOneStorage();
    void aStopLeavesNothing();
    void aFolderThatIsNotThereIsAnError();

private:
    std::filesystem::path file() const {
        return std::filesystem::path(folder_.path().toStdString()) / "consolidated.00.pth";
    }
    QTemporaryDir folder_;
};

void TestPthWriter::theReaderReadsItBack() {
    const auto tensors = sampleTensors();
    const auto written = engine::writePth(file(), tensors, fillBytes);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    QVERIFY(!std::filesystem::exists(file().string() + ".part"));
    const auto mapping = engine::MappedFile::open(file());
    QVERIFY(mapping);
    const auto read = engine::readPth(**mapping);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->size(), tensors.size());
    for (std::size_t index = 0; index < tensors.size(); ++index) {
        const auto& tensor = read->at(tensors[index].name);
        QCOMPARE(tensor.type, tensors[index].type);
        QCOMPARE(tensor.shape, tensors[index].shape);
        QVERIFY(tensor.contiguous());
        for (std::size_t i = 0; i < tensor.bytes(); ++i)
            if (tensor.data[i] != expectedByte(index, i))
                QFAIL(qPrintable(QString("%1 differs at byte %2")
                                     .arg(QString::fromStdString(tensors[index].name))
                                     .arg(i)));
    }
}

void TestPthWriter::dataIsAlignedTo64Bytes() {
    QVERIFY(engine::writePth(file(), sampleTensors(), fillBytes));
    const auto mapping = engine::MappedFile::open(file());
    const auto read = engine::readPth(**mapping);
    QVERIFY(read);
    for (const auto& [name, tensor] : *read)
        if (tensor.elements() > 0)
            QVERIFY2((tensor.data - (*mapping)->bytes().data()) % 64 == 0, name.c_str());
}

void TestPthWriter::tiedTensorsShareOneStorage() {
    const std::vector<NamedTensor> tensors = {{"first", DType::f32, {1000}, {}},
                                              {"second", DType::f32, {1000}, 0}};
    int calls = 0;
    const auto written = engine::writePth(
        file(), tensors, [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
            ++calls;
            fillBytes(index, offset, bytes);
        });
    QVERIFY(written);
    QCOMPARE(calls, 1);
    const auto mapping = engine::MappedFile::open(file());
    const auto read = engine::readPth(**mapping);
    QVERIFY(read);
    QCOMPARE(read->at("first").data, read->at("second").data);
    QVERIFY((*mapping)->bytes().size() < 2 * 4000);
}

void TestPthWriter::aStopLeavesNothing() {
    QVERIFY(!std::filesystem::exists(file()) || std::filesystem::remove(file()));
    std::stop_source stop;
    const auto written = engine::writePth(
        file(), sampleTensors(),
        [&](std::size_t index, std::size_t, std::span<std::byte>) {
            if (index == 2)
                stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!written);
    QCOMPARE(written.error().code, engine::ErrorCode::cancelled);
    QCOMPARE(QDir(folder_.path()).entryList(QDir::Files), QStringList());
}

void TestPthWriter::aFolderThatIsNotThereIsAnError() {
    const auto written = engine::writePth("/nowhere/at/all/x.pth", sampleTensors(), fillBytes);
    QVERIFY(!written);
    QCOMPARE(written.error().code, engine::ErrorCode::io);
    QVERIFY2(written.error().message.find("No such file") != std::string::npos,
             written.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestPthWriter)
#include "tst_pth_writer.moc"
