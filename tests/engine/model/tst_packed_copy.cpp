#include <fcntl.h>
#include <sys/file.h>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>

#include "engine/generate/local_model.h"
#include "engine/synthetic/random_model.h"

using engine::LocalModel;
using engine::RandomVariant;
using engine::TokenId;

/// Packed weights kept beside a model: a second load gives the same model, and a copy that does not fit or is
/// damaged never does harm.
class TestPackedCopy : public QObject {
    Q_OBJECT
private slots:
    void init();
    void theSecondLoadReadsIt_data();
    void theSecondLoadReadsIt();
    void itIsNotWrittenUnasked();
    void aTouchedModelIsRecognised();
    void otherWeightsArePackedAnew();
    void otherArithmeticHasItsOwn();
    void damageIsNoticed_data();
    void damageIsNoticed();
    void everyCutIsNoticed();
    void whereNothingCanBeWrittenTheModelLoads();
    void onlyOneProcessWritesIt();

private:
    struct Loaded {
        std::string state;
        std::string note;
        std::vector<float> logits;
    };
    void make(RandomVariant variant, std::uint64_t seed = 1);
    Loaded load(bool copy = true, const std::string& activations = "bf16") const;
    std::vector<std::filesystem::path> copies() const;
    /// The one copy there is, for reading or as the target of `write`.
    QByteArray bytes() const;
    void write(const QByteArray& bytes) const;
    QString weightsFile() const { return QString::fromStdString((model_ / "consolidated.00.pth").string()); }

    std::unique_ptr<QTemporaryDir> folder_;
    std::filesystem::path model_;
};

namespace {

/// Where the directory begins and how long it is, at bytes 8 and 16 of the file.
std::int64_t numberAt(const QByteArray& bytes, qsizetype at) {
    std::int64_t value = 0;
    std::memcpy(&value, bytes.constData() + at, sizeof value);
    return value;
}
void setNumber(QByteArray& bytes, qsizetype at, std::int64_t value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

}  // namespace

void TestPackedCopy::init() {
    folder_ = std::make_unique<QTemporaryDir>();
    model_ = folder_->filePath("model").toStdString();
}

void TestPackedCopy::make(RandomVariant variant, std::uint64_t seed) {
    std::filesystem::remove_all(model_);
    const auto made = engine::makeRandomModel({"tiny", variant, model_, seed});
    QVERIFY2(made, made ? "" : made.error().message.c_str());
}

TestPackedCopy::Loaded TestPackedCopy::load(bool copy, const std::string& activations) const {
    engine::LoadRequest request;
    request.model = model_.string();
    request.threads = 2;
    request.packedCopy = copy;
    request.activations = activations;
    auto model = LocalModel::load(request);
    if (!model) {
        qCritical("%s", model.error().message.c_str());
        return {};
    }
    const std::vector<TokenId> tokens{TokenId{1}, TokenId{17}, TokenId{300}};
    const auto logits = (*model)->session().prefill(tokens);
    const auto info = (*model)->describe();
    return {info.packedCopy, info.packedCopyNote,
            logits ? std::vector<float>(logits->begin(), logits->end()) : std::vector<float>{}};
}

std::vector<std::filesystem::path> TestPackedCopy::copies() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(model_))
        if (entry.path().filename().string().starts_with("packed-"))
            found.push_back(entry.path());
    return found;
}

QByteArray TestPackedCopy::bytes() const {
    QFile file(QString::fromStdString(copies().front().string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestPackedCopy::write(const QByteArray& bytes) const {
    QFile file(QString::fromStdString(copies().front().string()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

void TestPackedCopy::theSecondLoadReadsIt_data() {
    QTest::addColumn<int>("variant");
    QTest::newRow("bf16") << static_cast<int>(RandomVariant::bf16);
    QTest::newRow("qat-lora") << static_cast<int>(RandomVariant::qatLora);
    QTest::newRow("spinquant") << static_cast<int>(RandomVariant::spinQuant);
}

void TestPackedCopy::theSecondLoadReadsIt() {
    QFETCH(int, variant);
    make(static_cast<RandomVariant>(variant));
    const auto plain = load(false);
    const auto first = load();
    const auto second = load();
    QCOMPARE(first.state, std::string("written"));
    QCOMPARE(second.state, std::string("read"));
    QCOMPARE(second.note, std::string());
    QVERIFY(!plain.logits.empty());
    QVERIFY(first.logits == plain.logits);
    QVERIFY(second.logits == plain.logits);
    QCOMPARE(copies().size(), std::size_t{1});
}

void TestPackedCopy::itIsNotWrittenUnasked() {
    make(RandomVariant::spinQuant);
    QCOMPARE(load(false).state, std::string("off"));
    QVERIFY(copies().empty());
}

void TestPackedCopy::aTouchedModelIsRecognised() {
    make(RandomVariant::spinQuant);
    const auto first = load();
    std::filesystem::last_write_time(model_ / "consolidated.00.pth",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    const auto second = load();
    QCOMPARE(second.state, std::string("read"));
    QVERIFY(second.logits == first.logits);
}

void TestPackedCopy::otherWeightsArePackedAnew() {
    make(RandomVariant::spinQuant, 1);
    const auto first = load();
    const auto copy = bytes();
    make(RandomVariant::spinQuant, 2);  // as large, and other numbers
    const auto plain = load(false);
    QVERIFY(plain.logits != first.logits);
    load();
    write(copy);
    const auto stale = load();
    QCOMPARE(stale.state, std::string("written"));
    QVERIFY2(stale.note.find("consolidated.00.pth has changed") != std::string::npos, stale.note.c_str());
    QVERIFY(stale.logits == plain.logits);
    QCOMPARE(load().state, std::string("read"));
}

void TestPackedCopy::otherArithmeticHasItsOwn() {
    make(RandomVariant::spinQuant);
    load();
    const auto exact = load(true, "f32");
    QCOMPARE(exact.state, std::string("written"));
    QCOMPARE(copies().size(), std::size_t{2});
    const auto again = load(true, "f32");
    QCOMPARE(again.state, std::string("read"));
    QVERIFY(again.logits == load(false, "f32").logits);
}

void TestPackedCopy::damageIsNoticed_data() {
    QTest::addColumn<int>("kind");
    const char* kinds[] = {"another magic",       "directory before the file",  "directory beyond the file",
                           "directory too large", "directory is not JSON",      "offset beyond the file",
                           "negative offset",     "a matrix too large",         "a matrix too small",
                           "a matrix is missing", "the directory nests deeply", "empty"};
    for (int i = 0; i < int(std::size(kinds)); ++i)
        QTest::newRow(kinds[i]) << i;
}

void TestPackedCopy::damageIsNoticed() {
    QFETCH(int, kind);
    make(RandomVariant::qatLora);
    const auto plain = load();
    auto damaged = bytes();
    const auto begin = numberAt(damaged, 8);
    QVERIFY(begin > 0);
    const auto replaceFirst = [&](const char* before, const char* after) {
        const auto at = damaged.indexOf(before, begin);
        QVERIFY(at >= 0);
        damaged.replace(at, qsizetype(std::strlen(before)), after);
        setNumber(damaged, 16, damaged.size() - begin);
    };
    switch (kind) {
        case 0:
            damaged[3] = 'X';
            break;
        case 1:
            setNumber(damaged, 8, -4096);
            break;
        case 2:
            setNumber(damaged, 8, damaged.size() + 1);
            break;
        case 3:
            setNumber(damaged, 16, INT64_MAX);
            break;
        case 4:
            damaged[qsizetype{begin}] = '[';
            break;
        case 5:
            replaceFirst("\"offset\":4096", "\"offset\":9223372036854775807");
            break;
        case 6:
            replaceFirst("\"offset\":4096", "\"offset\":-4096");
            break;
        case 7:
            replaceFirst("\"bytes\":", "\"bytes\":1");
            break;  // one more digit in front
        case 8:
            replaceFirst("\"offset\":4096", "\"bytes\":64,\"offset\":4096");
            break;
        case 9:
            replaceFirst("layers.0.attention.wq.weight", "layers.9.attention.wq.weight");
            break;
        case 10:
            damaged.truncate(begin);
            damaged += QByteArray(100000, '[');
            setNumber(damaged, 16, damaged.size() - begin);
            break;
        default:
            damaged.clear();
    }
    write(damaged);
    const auto after = load();
    QVERIFY2(after.state != "read", after.state.c_str());
    QVERIFY(!after.note.empty());
    QVERIFY(after.logits == plain.logits);
}

void TestPackedCopy::everyCutIsNoticed() {
    make(RandomVariant::spinQuant);
    const auto plain = load();
    const auto whole = bytes();
    for (const qsizetype size :
         {qsizetype{7}, qsizetype{23}, qsizetype{4096}, whole.size() / 2, whole.size() - 1}) {
        write(whole.first(size));
        const auto after = load();
        QCOMPARE(after.state, std::string("written"));
        QVERIFY(after.logits == plain.logits);
    }
}

void TestPackedCopy::whereNothingCanBeWrittenTheModelLoads() {
    make(RandomVariant::spinQuant);
    const auto plain = load();
    const auto copy = copies().front();
    std::filesystem::remove(copy);
    auto part = copy;
    part += ".part";
    std::filesystem::create_directory(part);
    const auto after = load();
    QCOMPARE(after.state, std::string("failed"));
    QVERIFY2(after.note.find(part.filename().string()) != std::string::npos, after.note.c_str());
    QVERIFY(after.logits == plain.logits);
}

void TestPackedCopy::onlyOneProcessWritesIt() {
    make(RandomVariant::spinQuant);
    const auto plain = load();
    const auto copy = copies().front();
    std::filesystem::remove(copy);
    auto part = copy;
    part += ".part";
    const engine::FileHandle other(::open(part.c_str(), O_WRONLY | O_CREAT, 0644));
    QCOMPARE(::write(other.get(), "half", 4), ssize_t{4});
    QCOMPARE(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
    const auto during = load();
    QCOMPARE(during.state, std::string("failed"));
    QVERIFY2(during.note.find("another process") != std::string::npos, during.note.c_str());
    QVERIFY(during.logits == plain.logits);
    QCOMPARE(std::filesystem::file_size(part), std::uintmax_t{4});
    QCOMPARE(::flock(other.get(), LOCK_UN), 0);
    QCOMPARE(load().state, std::string("written"));
    QCOMPARE(load().state, std::string("read"));
}

QTEST_APPLESS_MAIN(TestPackedCopy)
#include "tst_packed_copy.moc"
