#include "tests/engine/checkpoint/refusal.h"

using namespace filebytes;
namespace p = filebytes::pickle;

/// Damaged and hostile .pth files: the zip archive, the pickle in it, and the tensors that the pickle
/// describes.
class TestPthDamage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { refusal::limitMemory(); }
    void readsWhatTorchWrites();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
};

namespace {

const std::string kStorage = [] {
    std::string bytes;
    for (int i = 0; i < 6; ++i)
        bytes += le(static_cast<float>(i));
    return bytes;
}();

std::string floats(std::int64_t elements, std::int64_t offset, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides) {
    return p::tensor("FloatStorage", "0", elements, offset, shape, strides);
}

const std::string kGoodTensor = floats(6, 0, {2, 3}, {3, 1});
const std::string kGoodPickle = p::stateDict({{"w", kGoodTensor}});

std::string repeated(const std::string& text, int times) {
    std::string out;
    out.reserve(text.size() * static_cast<std::size_t>(times));
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

void zipRow(const char* name, const char* expected, const std::function<void(Zip&)>& change) {
    auto zip = pth(kGoodPickle, kStorage);
    change(zip);
    refusal::addRow(name, zip.bytes(), expected);
}
void pickleRow(const char* name, const char* expected, const std::string& pickled) {
    refusal::addRow(name, pth(pickled, kStorage).bytes(), expected);
}
/// An opcode sequence where a tensor should be.
void valueRow(const char* name, const char* expected, const std::string& value) {
    pickleRow(name, expected, p::stateDict({{"w", value}}));
}

void zipRows() {
    refusal::addRow("empty file", "", "zip");
    refusal::addRow("not a zip", std::string(500, 'x'), "zip");
    refusal::addRow("only an end record", Zip{}.bytes(), "data.pkl");
    zipRow("compressed entry", "compressed", [](Zip& z) { z.parts[1].method = 8; });
    zipRow("compressed by the local header only", "compressed", [](Zip& z) { z.parts[1].localMethod = 8; });
    zipRow("encrypted entry", "encrypted", [](Zip& z) { z.parts[1].flags = 1; });
    zipRow("sizes that differ", "inconsistent", [](Zip& z) { z.parts[1].uncompressed = 25; });
    zipRow("size beyond the file", "beyond",
           [](Zip& z) { z.parts[1].compressed = z.parts[1].uncompressed = 1 << 30; });
    zipRow("size into the directory", "directory",
           [](Zip& z) { z.parts[2].compressed = z.parts[2].uncompressed = 40; });
    zipRow("entry into the next one", "overlap", [](Zip& z) {
        z.parts[0].compressed = z.parts[0].uncompressed = static_cast<std::uint32_t>(kGoodPickle.size()) + 8;
    });
    zipRow("entry outside the file", "outside", [](Zip& z) { z.parts[1].localOffset = 0x7fffffff; });
    zipRow("entry without local header", "local header", [](Zip& z) { z.parts[1].localOffset = 3; });
    zipRow("local header damaged", "local header", [](Zip& z) { z.parts[1].localSignature = 0; });
    zipRow("directory entry damaged", "damaged", [](Zip& z) { z.parts[1].centralSignature = 0; });
    zipRow("two entries on the same bytes", "overlap", [](Zip& z) {
        z.parts.push_back(z.parts[1]);
        z.parts[3].name = "archive/data/1";
        z.parts[3].localOffset = static_cast<std::uint32_t>(30 + 16 + kGoodPickle.size());
    });
    zipRow("name twice", "twice", [](Zip& z) { z.parts.push_back(z.parts[1]); });
    zipRow("name with ..", "leaves", [](Zip& z) { z.parts[2].name = "archive/../../etc/x"; });
    zipRow("absolute name", "leaves", [](Zip& z) { z.parts[2].name = "/etc/passwd"; });
    zipRow("name with backslash", "leaves", [](Zip& z) { z.parts[2].name = "archive\\x"; });
    zipRow("name with a 0 byte", "plain text", [](Zip& z) { z.parts[2].name = std::string("a\0b", 3); });
    zipRow("name that is not UTF-8", "plain text", [](Zip& z) { z.parts[2].name = "\xff"; });
    zipRow("empty name", "plain text", [](Zip& z) { z.parts[2].name.clear(); });
    zipRow("more entries than there are", "zip", [](Zip& z) { z.entries = 4; });
    zipRow("65534 entries", "more entries", [](Zip& z) { z.entries = 65534; });
    zipRow("directory beyond the file", "outside the file", [](Zip& z) { z.directoryOffset = 0x70000000; });
    zipRow("directory too large", "outside the file", [](Zip& z) { z.directorySize = 0x70000000; });
    zipRow("ZIP64 without locator", "ZIP64", [](Zip& z) { z.directoryOffset = 0xffffffff; });
    zipRow("ZIP64 record beyond the file", "ZIP64", [](Zip& z) {
        z.entries = 0xffff;
        z.beforeEnd = zip64End(3, 10, 10, ~std::uint64_t{0});
    });
    zipRow("ZIP64 record that is none", "ZIP64", [](Zip& z) {
        z.entries = 0xffff;
        z.beforeEnd = zip64End(3, 10, 10, 5);
    });
    const auto lie = [](Zip& z, std::uint64_t entries, std::uint64_t size, std::uint64_t offset) {
        const auto whole = z.bytes();
        z.entries = 0xffff;
        z.beforeEnd = zip64End(entries, size, offset, whole.size() - 22);
    };
    zipRow("ZIP64 with 2^62 entries", "more entries",
           [&](Zip& z) { lie(z, std::uint64_t{1} << 62, 100, 0); });
    zipRow("ZIP64 directory at 2^64-1", "outside the file",
           [&](Zip& z) { lie(z, 3, 100, ~std::uint64_t{0}); });
    zipRow("ZIP64 directory of 2^64-1 bytes", "outside the file",
           [&](Zip& z) { lie(z, 3, ~std::uint64_t{0}, 1); });
    zipRow("ZIP64 size without field", "inconsistent",
           [](Zip& z) { z.parts[1].compressed = z.parts[1].uncompressed = 0xffffffff; });
    zipRow("ZIP64 size cut", "inconsistent", [](Zip& z) {
        z.parts[1].compressed = z.parts[1].uncompressed = 0xffffffff;
        z.parts[1].centralExtra = le<std::uint16_t>(1) + le<std::uint16_t>(4) + "abcd";
    });
    zipRow("ZIP64 size of 2^63", "beyond", [](Zip& z) {
        z.parts[1].compressed = z.parts[1].uncompressed = 0xffffffff;
        z.parts[1].centralExtra = le<std::uint16_t>(1) + le<std::uint16_t>(16) + le(std::uint64_t{1} << 63) +
                                  le(std::uint64_t{1} << 63);
    });
    zipRow("extra field cut", "inconsistent",
           [](Zip& z) { z.parts[1].centralExtra = le<std::uint16_t>(9) + le<std::uint16_t>(99); });
    zipRow("no data.pkl", "data.pkl", [](Zip& z) { z.parts[0].name = "archive/other.pkl"; });
    zipRow("data.pkl too deep", "data.pkl", [](Zip& z) { z.parts[0].name = "a/b/data.pkl"; });
    zipRow("two data.pkl", "two data.pkl", [](Zip& z) { z.parts[2].name = "other/data.pkl"; });
    zipRow("pickle with a wrong checksum", "checksum", [](Zip& z) { z.parts[0].crc = 1; });
    zipRow("big-endian", "big-endian", [](Zip& z) {
        z.parts[2].name = "archive/byteorder";
        z.parts[2].data = "big";
    });
    zipRow("storage missing", "storage '0'", [](Zip& z) { z.parts[1].name = "archive/data/7"; });
    zipRow("storage too short", "20 bytes", [](Zip& z) { z.parts[1].data.resize(20); });
    zipRow("storage too long", "28 bytes", [](Zip& z) { z.parts[1].data.resize(28); });
}

void hostilePickleRows() {
    const auto call = [](const std::string& module, const std::string& name, const std::string& argument) {
        return "\x80\x02" + p::global(module, name) + p::text(argument) + "\x85R.";
    };
    pickleRow("os.system", "os.system", call("os", "system", "touch /tmp/owned"));
    pickleRow("posix.system", "posix.system", call("posix", "system", "true"));
    pickleRow("builtins.eval", "builtins.eval", call("builtins", "eval", "1"));
    pickleRow("builtins.getattr", "builtins.getattr", call("builtins", "getattr", "1"));
    pickleRow("torch.load", "torch.load", call("torch", "load", "x"));
    pickleRow("torch._utils with another name", "_rebuild_qtensor",
              call("torch._utils", "_rebuild_qtensor", "x"));
    pickleRow("collections.Counter", "collections.Counter", call("collections", "Counter", "x"));
    pickleRow("name with a dot", "torch", call("torch", "FloatStorage.from_file", "x"));
    pickleRow("name that does not end", "cut off",
              "\x80\x02"
              "c" +
                  std::string(100'000, 'a'));
    pickleRow("STACK_GLOBAL", "opcode 147", "\x80\x04" + p::text("os") + p::text("system") + "\x93.");
    pickleRow("INST", "opcode 105", std::string("\x80\x02(ios\nsystem\n."));
    pickleRow("OBJ", "opcode 111", std::string("\x80\x02(o."));
    pickleRow("NEWOBJ", "opcode 129", std::string("\x80\x02)\x81."));
    pickleRow("EXT1", "opcode 130", std::string("\x80\x02\x82\x01."));
    pickleRow("text PERSID", "opcode 80", std::string("\x80\x02Px\n."));
    pickleRow("FRAME", "opcode 149", std::string("\x80\x04\x95") + le<std::uint64_t>(2) + "}.");
    pickleRow("DUP", "opcode 50", std::string("\x80\x02}2."));
    pickleRow("opcode 255", "opcode 255", std::string("\x80\x02\xff."));
    pickleRow("a call of a text", "constructor", "\x80\x02" + p::text("x") + ")R.");
    pickleRow("a call of a storage type", "storage type",
              "\x80\x02" + p::global("torch", "FloatStorage") + ")R.");
    pickleRow("a call with a list", "constructor",
              "\x80\x02" + p::global("collections", "OrderedDict") + "]R.");
    pickleRow("OrderedDict with items", "OrderedDict",
              "\x80\x02" + p::global("collections", "OrderedDict") + "}\x85R.");
}

void malformedPickleRows() {
    pickleRow("empty", "STOP", "");
    pickleRow("no STOP", "STOP", kGoodPickle.substr(0, kGoodPickle.size() - 1));
    pickleRow("STOP without object", "0 objects", "\x80\x02.");
    pickleRow("two objects at STOP", "2 objects", "\x80\x02}}.");
    pickleRow("a mark at STOP", "not a dict", "\x80\x02(.");
    pickleRow("a list on top", "not a dict", "\x80\x02].");
    pickleRow("text of 4 GiB", "cut off", "\x80\x02X" + le(~std::uint32_t{0}));
    pickleRow("text cut off", "cut off", "\x80\x02X" + le<std::uint32_t>(50) + "abc");
    pickleRow("text that is not UTF-8", "UTF-8", p::stateDict({{"\xff\xfe", kGoodTensor}}));
    pickleRow("integer of 16 bytes", "64 bits", "\x80\x02\x8a\x10" + std::string(16, 'x') + ".");
    pickleRow("float cut off", "cut off", "\x80\x02G123");
    pickleRow("memo never set", "never stored", "\x80\x02h\x05.");
    pickleRow("long memo never set", "never stored", "\x80\x02j" + le<std::uint32_t>(70000) + ".");
    pickleRow("memo of nothing", "stores nothing", std::string("\x80\x02q\x00.", 5));
    pickleRow("memo of a mark", "stores nothing", std::string("\x80\x02(q\x00.", 6));
    pickleRow("tuple without mark", "no mark", "\x80\x02t.");
    pickleRow("TUPLE3 of two", "too few", "\x80\x02}}\x87.");
    pickleRow("SETITEMS without mark", "no dict", "\x80\x02}u.");
    pickleRow("SETITEMS of a list", "no dict", "\x80\x02](u.");
    pickleRow("odd SETITEMS", "no dict", "\x80\x02}(" + p::text("a") + "u.");
    pickleRow("SETITEM of nothing", "no dict", "\x80\x02s.");
    pickleRow("SETITEM through a mark", "no dict", "\x80\x02}(" + p::text("a") + "s.");
    pickleRow("APPEND to a dict", "no list", "\x80\x02}}a.");
    pickleRow("APPEND to a tuple", "no list", "\x80\x02)}a.");
    pickleRow("APPENDS without mark", "no list", "\x80\x02]e.");
    pickleRow("BUILD of nothing", "nothing to build",
              "\x80\x02"
              "b.");
    pickleRow("BUILD without state", "nothing to build", "\x80\x02}b.");
    pickleRow("100 nested tuples", "nested", "\x80\x02)" + std::string(100, '\x85') + ".");
    pickleRow("a million nested tuples", "nested", "\x80\x02)" + std::string(1'000'000, '\x85') + ".");
    pickleRow("a list in itself", "contains itself",
              std::string("\x80\x02]q\x00h\x00"
                          "a.",
                          9));
    pickleRow("a dict in itself", "contains itself",
              std::string("\x80\x02}q\x00"
                          "K\x01h\x00s.",
                          11));
    pickleRow("two lists in each other", "not a dict",
              std::string("\x80\x02]q\x00]q\x01h\x00"
                          "aah\x01"
                          "0.",
                          14)
                      .substr(0, 11) +
                  "a.");
    pickleRow("3 million marks", "more objects", "\x80\x02" + std::string(3'000'000, '('));
    pickleRow("3 million objects", "more objects", "\x80\x02]" + repeated("}b", 3'000'000) + ".");
    pickleRow("a long text as many keys", "short text", [] {
        std::string pickled = "\x80\x02}(" + p::text(std::string(1 << 20, 'k')) + std::string("q\x00N", 3);
        return pickled + repeated(std::string("h\x00N", 3), 100'000) + "u.";
    }());
    pickleRow("a long text as many storages", "storage", [] {
        std::string pickled = "\x80\x02]" + p::text(std::string(1 << 20, 'k')) +
                              std::string(
                                  "q\x00"
                                  "0",
                                  2);
        const auto one = "(" + p::text("storage") + p::global("torch", "FloatStorage") +
                         std::string("h\x00", 2) + p::text("cpu") + p::integer(1) + "tQ";
        return pickled + repeated(one, 10'000) + ".";
    }());
    // A chain of a hundred thousand lists, each put into the one before after that one had its depth taken.
    pickleRow("a chain through the memo", "objects at STOP", [] {
        std::string pickled = "\x80\x02";
        for (std::uint32_t i = 0; i < 100'000; ++i)
            pickled += "]r" + le(i);
        for (std::uint32_t i = 0; i + 1 < 100'000; ++i)
            pickled += "j" + le(i) + "j" + le(i + 1) + "a";
        return pickled + ".";
    }());
}

void tensorRows() {
    const std::int64_t huge = std::int64_t{1} << 62;
    pickleRow("entry twice", "twice", p::stateDict({{"w", kGoodTensor}, {"w", kGoodTensor}}));
    pickleRow("number as key", "short text", "\x80\x02}K\x01" + kGoodTensor + "s.");
    pickleRow("empty name", "short text", p::stateDict({{"", kGoodTensor}}));
    pickleRow("name with a line feed", "short text", p::stateDict({{"a\nb", kGoodTensor}}));
    valueRow("number as tensor", "not a tensor", "K\x01");
    valueRow("dict as tensor", "not a tensor", "}");
    valueRow("storage as tensor", "not a tensor", p::storage("FloatStorage", "0", 6));
    valueRow("unknown storage type", "QInt8Storage", p::tensor("QInt8Storage", "0", 6, 0, {6}, {1}));
    valueRow("no such storage", "storage '9'", p::tensor("FloatStorage", "9", 6, 0, {6}, {1}));
    valueRow("storage outside the folder", "storage '../x'",
             p::tensor("FloatStorage", "../x", 6, 0, {6}, {1}));
    valueRow("storage of another type", "24 bytes", p::tensor("DoubleStorage", "0", 6, 0, {6}, {1}));
    valueRow("storage of fewer elements", "24 bytes", p::tensor("FloatStorage", "0", 5, 0, {5}, {1}));
    valueRow("storage of -1 elements", "storage", p::tensor("FloatStorage", "0", -1, 0, {1}, {1}));
    valueRow("storage of 2^62 elements", "24 bytes", p::tensor("FloatStorage", "0", huge, 0, {6}, {1}));
    valueRow("negative offset", "negative", floats(6, -1, {2}, {1}));
    valueRow("negative size", "negative", floats(6, 0, {-2}, {1}));
    valueRow("negative stride", "negative", floats(6, 5, {2}, {-1}));
    valueRow("size and stride of different rank", "rank", floats(6, 0, {2, 3}, {1}));
    valueRow("rank 9", "above 8", floats(6, 0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}));
    valueRow("size beyond the storage", "reaches", floats(6, 0, {7}, {1}));
    valueRow("offset beyond the storage", "reaches", floats(6, 6, {1}, {1}));
    valueRow("empty tensor beyond the storage", "reaches", floats(6, 7, {0}, {1}));
    valueRow("stride beyond the storage", "reaches", floats(6, 0, {2, 3}, {4, 1}));
    valueRow("shape that overflows", "overflows", floats(6, 0, {huge, huge}, {0, 0}));
    valueRow("stride that overflows", "overflows", floats(6, 0, {3, 1}, {huge, 1}));
    valueRow("offset that overflows", "overflows", floats(6, INT64_MAX, {2}, {1}));
    valueRow("overflow behind a 0", "elements", floats(6, 0, {0, huge, huge}, {0, 0, 0}));
    valueRow("a small storage expanded to 2^40 elements", "elements",
             floats(6, 0, {1 << 20, 1 << 20}, {0, 0}));
    valueRow("too few arguments", "3 values", p::global("torch._utils", "_rebuild_tensor_v2") + "NNN\x87R");
    valueRow("parameter without tensor", "parameter",
             p::global("torch._utils", "_rebuild_parameter") + "NNN\x87R");
    valueRow("persistent id of a text", "five values", p::text("0") + "Q");
    valueRow("persistent id of another kind", "storage",
             "(" + p::text("module") + p::global("torch", "FloatStorage") + p::text("0") + p::text("cpu") +
                 "K\x06tQ");
    valueRow("persistent id with a text as count", "storage",
             "(" + p::text("storage") + p::global("torch", "FloatStorage") + p::text("0") + p::text("cpu") +
                 p::text("6") + "tQ");
}

engine::Result<void> parse(const engine::MappedFile& file) {
    return refusal::dropValue(engine::readPth(file));
}

}  // namespace

void TestPthDamage::readsWhatTorchWrites() {
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "good.pth";
    writeFile(path, pth(kGoodPickle, kStorage).bytes());
    auto file = engine::MappedFile::open(path);
    QVERIFY(file.has_value());
    const auto tensors = engine::readPth(**file);
    QVERIFY2(tensors.has_value(), tensors ? "" : tensors.error().message.c_str());
    QCOMPARE(engine::toFloats(tensors->at("w")), (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

void TestPthDamage::refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    zipRows();
    hostilePickleRows();
    malformedPickleRows();
    tensorRows();
}

void TestPthDamage::refuses() {
    refusal::check("damaged.pth", parse);
}

void TestPthDamage::refusesEveryTruncation() {
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "cut.pth";
    const auto whole = pth(kGoodPickle, kStorage).bytes();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        writeFile(path, whole.substr(0, length));
        auto file = engine::MappedFile::open(path);
        QVERIFY(file.has_value());
        QVERIFY2(!parse(**file), qPrintable(QString("accepted at %1 bytes").arg(length)));
    }
    // The pickle alone, cut everywhere, in an archive that is whole.
    for (std::size_t length = 0; length < kGoodPickle.size(); ++length) {
        writeFile(path, pth(kGoodPickle.substr(0, length), kStorage).bytes());
        auto file = engine::MappedFile::open(path);
        QVERIFY(file.has_value());
        QVERIFY2(!parse(**file), qPrintable(QString("accepted a pickle of %1 bytes").arg(length)));
    }
}

QTEST_GUILESS_MAIN(TestPthDamage)
#include "tst_pth_damage.moc"
