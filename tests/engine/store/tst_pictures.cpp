// Pictures in the database: once for all that refer to them, gone with the last.
#include <QTemporaryDir>
#include <QtTest>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"
#include "tests/engine/store/sample_rows.h"

using engine::PictureRow;

class TestPictures : public QObject {
    Q_OBJECT
private slots:
    void init();

    void mediaTypesAreRecognised_data();
    void mediaTypesAreRecognised();
    void picturesComeBackInOrder();
    void equalBytesAreKeptOnce();
    void theLastMessageTakesItsPictures();
    void changedPicturesReplaceTheOld();
    void comparisonsKeepTheirs();

private:
    std::int64_t conversation() { return store_->addConversation({0, "t", "m", "", "1", "1"}).value(); }
    std::int64_t message(std::int64_t conversation, std::vector<PictureRow> pictures);
    std::int64_t kept() const;

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<engine::Store> store_;
};

namespace {

const PictureRow kRed = engine::pictureRow("red \"1\".png", std::string("\x89PNG\r\n\x1a\n\0red", 12), 3, 2);
const PictureRow kBlue = engine::pictureRow("blue.jpg", "\xff\xd8\xff\xe0 blue", 640, 480);

}  // namespace

void TestPictures::init() {
    store_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    store_ = std::move(*engine::Store::open(folder_->filePath("a.sqlite").toStdString()));
}

std::int64_t TestPictures::message(std::int64_t conversation, std::vector<PictureRow> pictures) {
    engine::MessageRow row;
    row.conversationId = conversation;
    row.status = "complete";
    row.pictures = std::move(pictures);
    return store_->addMessage(row).value();
}

/// Pictures of which the database has the bytes.
std::int64_t TestPictures::kept() const {
    const auto connection = engine::sqlite::Connection::open(store_->file());
    return connection->integer("SELECT count(*) FROM picture").value();
}

void TestPictures::mediaTypesAreRecognised_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("mediaType");
    QTest::newRow("png") << QByteArray("\x89PNG\r\n\x1a\n....") << QByteArray("image/png");
    QTest::newRow("jpeg") << QByteArray("\xff\xd8\xff\xe1..") << QByteArray("image/jpeg");
    QTest::newRow("gif") << QByteArray("GIF89a...") << QByteArray("image/gif");
    QTest::newRow("webp") << QByteArray("RIFF1234WEBPVP8 ") << QByteArray("image/webp");
    QTest::newRow("sound") << QByteArray("RIFF1234WAVEfmt ") << QByteArray("application/octet-stream");
    QTest::newRow("nothing") << QByteArray() << QByteArray("application/octet-stream");
}

void TestPictures::mediaTypesAreRecognised() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, mediaType);
    QCOMPARE(engine::pictureRow("x", bytes.toStdString(), 1, 1).mediaType, mediaType.toStdString());
}

void TestPictures::picturesComeBackInOrder() {
    const auto id = conversation();
    message(id, {kBlue, kRed, kBlue});
    message(id, {});
    const auto messages = store_->messages(id);
    QVERIFY(messages);
    const auto& pictures = messages->front().pictures;
    QCOMPARE(pictures, (std::vector<PictureRow>{kBlue, kRed, kBlue}));
    QCOMPARE(*pictures[1].content, *kRed.content);  // a NUL in it
    QCOMPARE(pictures[0].width, std::int64_t{640});
    QVERIFY(messages->back().pictures.empty());
}

void TestPictures::equalBytesAreKeptOnce() {
    auto renamed = kRed;
    renamed.name = "other.png";
    const auto id = conversation();
    message(id, {kRed});
    message(id, {renamed});
    QCOMPARE(kept(), std::int64_t{1});
    QCOMPARE(store_->messages(id)->back().pictures.front().name, std::string("other.png"));
}

void TestPictures::theLastMessageTakesItsPictures() {
    const auto first = conversation();
    const auto second = conversation();
    message(first, {kRed, kBlue});
    message(second, {kRed});
    QVERIFY(store_->deleteConversation(first));
    QCOMPARE(kept(), std::int64_t{1});
    QCOMPARE(store_->messages(second)->front().pictures, std::vector<PictureRow>{kRed});
    QVERIFY(store_->deleteConversation(second));
    QCOMPARE(kept(), std::int64_t{0});
}

void TestPictures::changedPicturesReplaceTheOld() {
    const auto id = conversation();
    message(id, {kRed});
    auto row = store_->messages(id)->front();
    row.pictures = {kBlue, kRed};
    QVERIFY(store_->updateMessage(row));
    QCOMPARE(store_->messages(id)->front().pictures, (std::vector<PictureRow>{kBlue, kRed}));
    row.pictures = {kBlue};
    QVERIFY(store_->updateMessage(row));
    QCOMPARE(kept(), std::int64_t{1});
    row.pictures.clear();
    QVERIFY(store_->updateMessage(row));
    QCOMPARE(kept(), std::int64_t{0});
    QVERIFY(store_->messages(id)->front().pictures.empty());
}

void TestPictures::comparisonsKeepTheirs() {
    const auto run = store_->addRun(storetest::sampleRun()).value();
    QVERIFY(store_->setRunPictures(run, {kRed}));
    const auto chat = conversation();
    message(chat, {kRed});
    QVERIFY(store_->deleteConversation(chat));
    QCOMPARE(*store_->runPictures(run), std::vector<PictureRow>{kRed});
    QVERIFY(store_->deleteRun(run));
    QCOMPARE(kept(), std::int64_t{0});
}

QTEST_APPLESS_MAIN(TestPictures)
#include "tst_pictures.moc"
