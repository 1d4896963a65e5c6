#include <QBuffer>
#include <QColor>
#include <QImage>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>
#include <array>

#include "tests/support/fixtures.h"
#include "ui/pictures/picture_file.h"

/// Pictures of every kind become RGB8, and hostile ones one clear error.
class TestPictureFile : public QObject {
    Q_OBJECT

private slots:
    void everyPixelFormatBecomesRgb_data();
    void everyPixelFormatBecomesRgb();
    void transparencyIsWhite();
    void photographsAreUpright_data();
    void photographsAreUpright();
    void otherProgramsFilesAreRead_data();
    void otherProgramsFilesAreRead();
    void viewsAreScaledDown();
    void hostileFilesAreRefused_data();
    void hostileFilesAreRefused();
    void missingFileIsNamed();

private:
    QString write(const QByteArray& bytes, const QString& name) const;

    QTemporaryDir folder_;
};

namespace {

QByteArray pngOf(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QImage twoColours() {
    QImage image(3, 2, QImage::Format_RGB32);
    image.fill(QColor(200, 200, 200));
    image.setPixelColor(2, 1, QColor(40, 40, 40));
    return image;
}

quint32 crcOf(const QByteArray& bytes) {
    quint32 crc = ~0U;
    for (const char byte : bytes) {
        crc ^= static_cast<quint8>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

/// A PNG whose header promises another size: bytes 16 to 23, with the checksum of its chunk at 29.
QByteArray withSize(QByteArray png, quint32 width, quint32 height) {
    qToBigEndian(width, png.data() + 16);
    qToBigEndian(height, png.data() + 20);
    qToBigEndian(crcOf(png.mid(12, 17)), png.data() + 29);
    return png;
}

QString dataFile(const std::string& name) {
    return QString::fromStdString(testsupport::dataPath("pictures/" + name).string());
}

/// What compresses badly, so that a file's data are longer than its tables.
QByteArray noiseAs(const char* format) {
    QImage image(100, 100, QImage::Format_RGB32);
    quint32 state = 42;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            image.setPixel(x, y, state = state * 1664525U + 1013904223U);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, format);
    return bytes;
}

/// JPEG is not exact.
bool isNear(const engine::RgbImage& image, std::int64_t x, std::int64_t y, std::array<int, 3> colour) {
    for (std::size_t c = 0; c < 3; ++c)
        if (std::abs(image.pixels[static_cast<std::size_t>(3 * (y * image.width + x)) + c] - colour[c]) > 12)
            return false;
    return true;
}

}  // namespace

QString TestPictureFile::write(const QByteArray& bytes, const QString& name) const {
    QFile file(folder_.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s cannot be written", qPrintable(file.fileName()));
    return file.fileName();
}

void TestPictureFile::everyPixelFormatBecomesRgb_data() {
    QTest::addColumn<QImage::Format>("format");
    for (const auto format : {QImage::Format_RGB32, QImage::Format_RGB888, QImage::Format_Grayscale8,
                              QImage::Format_Grayscale16, QImage::Format_RGBA64, QImage::Format_Indexed8})
        QTest::addRow("%d", format) << format;
}

void TestPictureFile::everyPixelFormatBecomesRgb() {
    QFETCH(QImage::Format, format);
    const auto file = write(pngOf(twoColours().convertToFormat(format)), "format.png");
    const auto image = ui::readPictureFile(file);
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    QCOMPARE(image->width, 3);
    QCOMPARE(image->height, 2);
    QCOMPARE(image->pixels.size(), std::size_t{18});
    QCOMPARE(int{image->pixels[0]}, 200);
    QCOMPARE(int{image->pixels[15]}, 40);
}

void TestPictureFile::transparencyIsWhite() {
    QImage picture(2, 1, QImage::Format_ARGB32);
    picture.fill(Qt::transparent);
    picture.setPixelColor(1, 0, QColor(0, 0, 0, 128));
    const auto image = ui::readPictureFile(write(pngOf(picture), "clear.png"));
    QVERIFY(image);
    QCOMPARE(int{image->pixels[0]}, 255);
    QVERIFY(std::abs(int{image->pixels[3]} - 127) <= 1);
}

void TestPictureFile::photographsAreUpright_data() {
    QTest::addColumn<int>("orientation");
    for (int orientation = 1; orientation <= 8; ++orientation)
        QTest::addRow("%d", orientation) << orientation;
}

void TestPictureFile::photographsAreUpright() {
    QFETCH(int, orientation);
    const auto image = ui::readPictureFile(dataFile("orientation_" + std::to_string(orientation) + ".jpg"));
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    QCOMPARE(image->width, 32);
    QCOMPARE(image->height, 16);
    QVERIFY(isNear(*image, 4, 3, {220, 30, 30}));
    QVERIFY(isNear(*image, 24, 3, {30, 30, 220}));
    QVERIFY(isNear(*image, 4, 12, {30, 220, 30}));
}

void TestPictureFile::otherProgramsFilesAreRead_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QColor>("colour");
    QTest::newRow("CMYK") << "cmyk.jpg" << QColor(200, 40, 40);
    QTest::newRow("grey") << "grey.jpg" << QColor(120, 120, 120);
    QTest::newRow("16 bit") << "deep.png" << QColor(255, 128, 18);
    QTest::newRow("first frame") << "animated.gif" << QColor(250, 10, 10);
}

void TestPictureFile::otherProgramsFilesAreRead() {
    QFETCH(QString, file);
    QFETCH(QColor, colour);
    const auto image = ui::readPictureFile(dataFile(file.toStdString()));
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    QCOMPARE(static_cast<std::int64_t>(image->pixels.size()), 3 * image->width * image->height);
    QVERIFY(isNear(*image, 1, 1, {colour.red(), colour.green(), colour.blue()}));
}

void TestPictureFile::viewsAreScaledDown() {
    const auto bytes = pngOf(QImage(300, 100, QImage::Format_RGB32)).toStdString();
    QCOMPARE(ui::decodePicture(bytes, {60, 60})->size(), QSize(60, 20));
    QCOMPARE(ui::decodePicture(bytes, {600, 600})->size(), QSize(300, 100));
    QCOMPARE(ui::decodePicture(pngOf(QImage(900, 1, QImage::Format_RGB32)).toStdString(), {60, 60})->size(),
             QSize(60, 1));
}

void TestPictureFile::hostileFilesAreRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    const auto png = pngOf(twoColours());
    QFile file(dataFile("orientation_1.jpg"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto photograph = file.readAll();
    QTest::newRow("empty") << QByteArray() << "no picture that can be read";
    QTest::newRow("text") << QByteArray("hello") << "no picture that can be read";
    QTest::newRow("photograph's header") << photograph.first(photograph.size() / 3) << "damaged";
    const auto noise = noiseAs("JPEG");
    for (const int percent : {50, 99})
        QTest::addRow("%d %% of a photograph", percent)
            << noise.first(noise.size() * percent / 100) << "damaged";
    QTest::newRow("truncated bitmap") << noiseAs("BMP").first(9000) << "damaged";
    QFile animation(dataFile("animated.gif"));
    QVERIFY(animation.open(QIODevice::ReadOnly));
    QTest::newRow("truncated animation") << animation.read(40) << "damaged";
    QTest::newRow("truncated") << png.first(png.size() / 2) << "damaged";
    QTest::newRow("header of 65535") << withSize(png, 65535, 65535) << "65535 x 65535";
    QTest::newRow("bomb") << withSize(png, 30000, 30000) << "30000 x 30000";
    QTest::newRow("svg") << QByteArray("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
                         << "no picture that can be read";
}

void TestPictureFile::hostileFilesAreRefused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    const auto file = write(bytes, "hostile.png");
    const auto image = ui::readPictureFile(file);
    QVERIFY(!image);
    const auto message = QString::fromStdString(image.error().message);
    QVERIFY2(message.contains(reason) && message.contains(file), qPrintable(message));
}

void TestPictureFile::missingFileIsNamed() {
    const auto image = ui::readPictureFile(folder_.filePath("none.png"));
    QVERIFY(!image);
    QVERIFY(image.error().message.find("none.png") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestPictureFile)
#include "tst_picture_file.moc"
