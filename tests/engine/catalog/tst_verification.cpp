#include <QCryptographicHash>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "engine/catalog/published_digest.h"
#include "engine/catalog/verification.h"

using engine::VerificationState;
namespace fs = std::filesystem;

/// Digests of files against Qt's own SHA-256, and what is said of them later.
class TestVerification : public QObject {
    Q_OBJECT
private slots:
    void init();
    void digestIsSha256();
    void progressCoversAllFiles();
    void stops();
    void missingFileIsSaid();
    void publishedDigestIsFound_data();
    void publishedDigestIsFound();
    void damageIsSeen();
    void changedFileIsOutdated();
    void comesBackFromText();
    void nonsenseTextIsNothing();

private:
    fs::path write(const std::string& name, const std::string& text) const;
    std::unique_ptr<QTemporaryDir> folder_;
};

namespace {

std::string sha256(const std::string& text) {
    return QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

}  // namespace

void TestVerification::init() {
    folder_ = std::make_unique<QTemporaryDir>();
}

fs::path TestVerification::write(const std::string& name, const std::string& text) const {
    const auto path = fs::path(folder_->path().toStdString()) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

void TestVerification::digestIsSha256() {
    const auto verified = *engine::verifyFiles({write("a.gguf", "abc"), write("b.gguf", "")}, {}, {});
    QCOMPARE(verified.files[0].sha256, sha256("abc"));
    QCOMPARE(verified.files[1].sha256, sha256(""));
    QCOMPARE(engine::modelDigest(verified), sha256(sha256("abc") + sha256("")));
    QVERIFY(verified.checkedAt.starts_with("20"));
    QCOMPARE(engine::verificationState(verified), VerificationState::recorded);
    QCOMPARE(engine::verificationState({}), VerificationState::none);
}

void TestVerification::progressCoversAllFiles() {
    const std::string large(40 << 20, 'x');
    std::vector<std::pair<std::int64_t, std::int64_t>> seen;
    QVERIFY(engine::verifyFiles(
        {write("a", large), write("b", "end")},
        [&](std::int64_t done, std::int64_t total) { seen.emplace_back(done, total); }, {}));
    QVERIFY(seen.size() >= 4);
    QVERIFY(std::is_sorted(seen.begin(), seen.end()));
    QCOMPARE(seen.back(), std::pair(std::int64_t((40 << 20) + 3), std::int64_t((40 << 20) + 3)));
}

void TestVerification::stops() {
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(engine::verifyFiles({write("a", "abc")}, {}, stop.get_token()).error().code,
             engine::ErrorCode::cancelled);
}

void TestVerification::missingFileIsSaid() {
    const auto gone = engine::verifyFiles({"/nowhere/model.gguf"}, {}, {});
    QVERIFY(gone.error().message.find("/nowhere/model.gguf") != std::string::npos);
    QVERIFY(!engine::verifyFiles({}, {}, {}));
}

void TestVerification::publishedDigestIsFound_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("found");
    const QString digest = QString::fromStdString(sha256("abc"));
    QTest::newRow("own file") << "model.gguf.sha256" << digest << true;
    QTest::newRow("own file, named") << "model.gguf.sha256" << digest + "  model.gguf\n" << true;
    QTest::newRow("list") << "SHA256SUMS"
                          << QString(64, '0') + "  other.gguf\n" + digest + " *./model.gguf\r\n"
                          << true;
    QTest::newRow("upper case") << "sha256sums.txt" << digest.toUpper() + "  model.gguf" << true;
    QTest::newRow("hugging face") << ".cache/huggingface/download/model.gguf.metadata"
                                  << "0123abc\n" + digest + "\n1700000000.0\n"
                                  << true;
    QTest::newRow("git object, no SHA-256") << ".cache/huggingface/download/model.gguf.metadata"
                                            << "0123abc\n" + QString(40, 'a') + "\n1.0\n"
                                            << false;
    QTest::newRow("another file's") << "SHA256SUMS" << digest + "  another-model.gguf\n" << false;
    QTest::newRow("nonsense") << "SHA256SUMS" << QString("\n\n  model.gguf\nxyz") << false;
}

void TestVerification::publishedDigestIsFound() {
    QFETCH(QString, file);
    QFETCH(QString, text);
    QFETCH(bool, found);
    const auto model = write("model.gguf", "abc");
    write(file.toStdString(), text.toStdString());
    const auto published = engine::publishedDigest(model);
    QCOMPARE(published.has_value(), found);
    const auto verified = *engine::verifyFiles({model}, {}, {});
    QCOMPARE(engine::verificationState(verified),
             found ? VerificationState::published : VerificationState::recorded);
}

void TestVerification::damageIsSeen() {
    write("SHA256SUMS", sha256("abc") + "  model.gguf\n");
    const auto verified = *engine::verifyFiles({write("model.gguf", "abd")}, {}, {});
    QCOMPARE(engine::verificationState(verified), VerificationState::differs);
    QCOMPARE(verified.files[0].publishedIn, std::string("SHA256SUMS"));
}

void TestVerification::changedFileIsOutdated() {
    const auto file = write("a", "abc");
    auto verified = *engine::verifyFiles({file}, {}, {});
    write("a", "abcd");
    QCOMPARE(engine::verificationState(verified), VerificationState::outdated);
    write("a", "abc");
    verified = *engine::verifyFiles({file}, {}, {});
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
    QCOMPARE(engine::verificationState(verified), VerificationState::outdated);
    fs::remove(file);
    QCOMPARE(engine::verificationState(verified), VerificationState::outdated);
}

void TestVerification::comesBackFromText() {
    write("SHA256SUMS", sha256("abc") + "  a\n");
    auto verified = *engine::verifyFiles({write("a", "abc"), write("\"b\" ü", "x")}, {}, {});
    verified.earlierDigest = "earlier";
    QCOMPARE(engine::verificationFromJson(engine::verificationJson(verified)), verified);
    QCOMPARE(engine::verificationJson({}), std::string());
}

void TestVerification::nonsenseTextIsNothing() {
    for (const char* text :
         {"", "[]", "{", "{\"files\":3}", "{\"files\":[3]}", "{\"files\":[{\"sha256\":\"short\"}]}"})
        QCOMPARE(engine::verificationFromJson(text), engine::Verification{});
}

QTEST_APPLESS_MAIN(TestVerification)
#include "tst_verification.moc"
