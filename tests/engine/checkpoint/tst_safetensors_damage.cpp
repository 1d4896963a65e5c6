#include "engine/checkpoint/safetensors_reader.h"
#include "tests/engine/checkpoint/refusal.h"

using namespace filebytes;

/// Damaged .safetensors files.
class TestSafetensorsDamage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { refusal::limitMemory(); }
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
};

namespace {

const std::string kData(16, '\0');
const std::string kTwo =
    R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I8","shape":[2,4],"data_offsets":[8,16]}})";

/// A header with one tensor "a" of these fields.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

void row(const char* name, const char* expected, const std::string& header, const std::string& data = kData) {
    refusal::addRow(name, safetensors(header, data), expected);
}

void headerRows() {
    refusal::addRow("empty file", "", "shorter than 8");
    refusal::addRow("7 bytes", std::string(7, '\1'), "shorter than 8");
    refusal::addRow("header of 2^64-1 bytes", safetensors(kTwo, kData, ~std::uint64_t{0}), "does not fit");
    refusal::addRow("header over 100 MB", safetensors(kTwo, kData, 100'000'001), "does not fit");
    refusal::addRow("header one byte too long", safetensors(kTwo, kData, kTwo.size() + kData.size() + 1),
                    "does not fit");
    refusal::addRow("header cut", safetensors(kTwo, kData, kTwo.size() - 3), "JSON");
    refusal::addRow("header into the data", safetensors(kTwo, kData, kTwo.size() + 4), "JSON");
    refusal::addRow("header of 0 bytes", safetensors("", kData), "not a JSON object");
    row("a list", "not a JSON object", "[]");
    row("a space first", "not a JSON object", " " + kTwo);
    row("not JSON", "JSON", "{\"a\":}");
    row("comment", "JSON", "{/* */}");
    row("NaN", "JSON", one("\"F32\"", "[NaN]", "[0,16]"));
    row("invalid UTF-8 in a name", "UTF-8",
        "{\"\xff\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}");
    row("half a surrogate", "JSON", R"({"\ud800":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    row("two objects", "JSON", kTwo + "{}");
    row("100,000 brackets", "nested deeper", "{\"a\":" + std::string(100'000, '['));
    row("20 million brackets", "nested deeper", "{\"a\":" + std::string(20'000'000, '['));
    row("20 million objects", "nested deeper", [] {
        std::string text = "{";
        for (int i = 0; i < 4'000'000; ++i)
            text += "\"a\":{";
        return text;
    }());
    row("10 million values", "values", [] {
        std::string text = R"({"a":[0)";
        for (int i = 0; i < 10'000'000; ++i)
            text += ",0";
        return text + "]}";
    }());
    row("name twice", "twice",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})");
    row("field twice", "twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    row("empty name", "name", R"({"":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    row("name of 5000 bytes", "name",
        "{\"" + std::string(5000, 'x') + R"(":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    row("name with a line feed", "name", R"({"a\nb":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    row("metadata as a list", "__metadata__", R"({"__metadata__":[]})", "");
    row("metadata with a number", "__metadata__", R"({"__metadata__":{"a":1}})", "");
}

void tensorRows() {
    row("tensor as a number", "lacks", R"({"a":1})");
    row("no dtype", "lacks", R"({"a":{"shape":[4],"data_offsets":[0,16]}})");
    row("no shape", "lacks", R"({"a":{"dtype":"F32","data_offsets":[0,16]}})");
    row("no offsets", "lacks", R"({"a":{"dtype":"F32","shape":[4]}})");
    row("dtype as a number", "lacks", one("4", "[4]", "[0,16]"));
    row("unknown dtype", "Q4", one("\"Q4\"", "[4]", "[0,16]"));
    row("dtype in small letters", "f32", one("\"f32\"", "[4]", "[0,16]"));
    row("negative dim", "non-negative", one("\"F32\"", "[-4]", "[0,16]"));
    row("fraction as dim", "non-negative", one("\"F32\"", "[4.0]", "[0,16]"));
    row("text as dim", "non-negative", one("\"F32\"", "[\"4\"]", "[0,16]"));
    row("shape as a number", "non-negative", one("\"F32\"", "4", "[0,16]"));
    row("9 dims", "non-negative", one("\"F32\"", "[4,1,1,1,1,1,1,1,1]", "[0,16]"));
    row("dim of 2^64", "non-negative", one("\"F32\"", "[18446744073709551616]", "[0,16]"));
    row("dim of 2^63", "overflows", one("\"I8\"", "[9223372036854775808]", "[0,16]"));
    row("product of 2^64", "overflows", one("\"I8\"", "[4294967296,4294967296]", "[0,16]"));
    row("product that wraps to 16", "overflows", one("\"I8\"", "[16,1152921504606846977]", "[0,16]"));
    row("overflow behind a 0", "overflows",
        one("\"F32\"", "[0,4611686018427387904,4611686018427387904]", "[0,0]"), "");
    row("negative offset", "non-negative", one("\"F32\"", "[4]", "[-1,16]"));
    row("one offset", "non-negative", one("\"F32\"", "[4]", "[16]"));
    row("three offsets", "non-negative", one("\"F32\"", "[4]", "[0,16,16]"));
    row("offsets reversed", "outside", one("\"F32\"", "[4]", "[16,0]"));
    row("end beyond the file", "outside", one("\"F32\"", "[5]", "[0,20]"));
    row("end of 2^63", "outside", one("\"F32\"", "[4]", "[0,9223372036854775808]"));
    row("shape larger than its bytes", "needs 20", one("\"F32\"", "[5]", "[0,16]"));
    row("shape smaller than its bytes", "needs 12", one("\"F32\"", "[3]", "[0,16]"));
    row("type larger than its bytes", "needs 32", one("\"F64\"", "[4]", "[0,16]"));
    row("hole", "safetensors",
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})");
    row("overlap", "safetensors",
        R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})");
    row("same bytes twice", "safetensors",
        R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    row("first tensor not at 0", "safetensors", one("\"F32\"", "[3]", "[4,16]"));
    row("trailing bytes", "safetensors", one("\"F32\"", "[3]", "[0,12]"));
    row("trailing bytes without tensors", "safetensors", "{}");
}

engine::Result<void> parse(const engine::MappedFile& file) {
    return refusal::dropValue(engine::readSafetensors(file));
}

}  // namespace

void TestSafetensorsDamage::reads_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("tensors");
    const auto row = [](const char* name, const std::string& bytes, int tensors) {
        QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())) << tensors;
    };
    row("two tensors", safetensors(kTwo, kData), 2);
    row("trailing spaces", safetensors(kTwo + "      ", kData), 2);
    row("no tensors", safetensors("{}", ""), 0);
    row("metadata only", safetensors(R"({"__metadata__":{"format":"pt"}})", ""), 0);
    row("scalar", safetensors(one("\"F64\"", "[]", "[0,8]"), std::string(8, '\0')), 1);
    row("empty tensor", safetensors(one("\"F32\"", "[0,3]", "[0,0]"), ""), 1);
    row("unaligned",
        safetensors(
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
            std::string(5, '\0')),
        2);
}

void TestSafetensorsDamage::reads() {
    QFETCH(QByteArray, bytes);
    QFETCH(int, tensors);
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "good.safetensors";
    writeFile(path, bytes.toStdString());
    auto file = engine::MappedFile::open(path);
    QVERIFY(file.has_value());
    const auto read = engine::readSafetensors(**file);
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QCOMPARE(static_cast<int>(read->size()), tensors);
}

void TestSafetensorsDamage::refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    headerRows();
    tensorRows();
}

void TestSafetensorsDamage::refuses() {
    refusal::check("damaged.safetensors", parse);
}

void TestSafetensorsDamage::refusesEveryTruncation() {
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "cut.safetensors";
    const auto whole = safetensors(kTwo, kData);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        writeFile(path, whole.substr(0, length));
        auto file = engine::MappedFile::open(path);
        QVERIFY(file.has_value());
        QVERIFY2(!parse(**file), qPrintable(QString("accepted at %1 bytes").arg(length)));
    }
}

QTEST_GUILESS_MAIN(TestSafetensorsDamage)
#include "tst_safetensors_damage.moc"
