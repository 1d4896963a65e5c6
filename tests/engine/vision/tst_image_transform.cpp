// Tiles and canvases against those of the family's reference code (tests/data/golden/README.md).
#include <QTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/npy.h"
#include "engine/vision/image_transform.h"
#include "tests/engine/vision/read_image.h"
#include "tests/support/fixtures.h"

using namespace engine;

namespace {

const std::string kFolder = "golden/image-preprocess/";

const nlohmann::json& golden() {
    static const auto json = [] {
        std::ifstream in(testsupport::dataPath(kFolder + "golden.json"));
        return nlohmann::json::parse(in);
    }();
    return json;
}

VisionConfig visionFor(std::int64_t tileSize, std::int64_t maxTiles) {
    VisionConfig vision;
    vision.tileSize = tileSize;
    vision.maxTiles = maxTiles;
    return vision;
}

struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
};

Moments momentsOf(std::span<const float> values) {
    Moments m;
    for (const float v : values)
        m.mean += double{v} / static_cast<double>(values.size());
    for (const float v : values)
        m.deviation += (double{v} - m.mean) * (double{v} - m.mean) / static_cast<double>(values.size());
    m.deviation = std::sqrt(m.deviation);
    return m;
}

}  // namespace

class TestImageTransform : public QObject {
    Q_OBJECT

private slots:
    void canvasesAreTheReferences();
    void tilesAreExact_data();
    void tilesAreExact();
    void photosAgree_data();
    void photosAgree();
    void impossibleImagesAreRefused();
};

void TestImageTransform::canvasesAreTheReferences() {
    for (const auto& item : golden().at("canvas")) {
        const auto at = [&](const char* key) { return item.at(key).get<std::int64_t>(); };
        const auto fit = fitCanvas(at("w"), at("h"), 560, 4);
        const CanvasFit expected{at("canvas_w"), at("canvas_h"), at("resized_w"), at("resized_h")};
        QVERIFY2(fit == expected, item.dump().c_str());
    }
}

void TestImageTransform::tilesAreExact_data() {
    QTest::addColumn<int>("index");
    const auto& list = golden().at("synthetic");
    for (std::size_t i = 0; i < list.size(); ++i)
        QTest::addRow("%s", list[i].at("file").get<std::string>().c_str()) << static_cast<int>(i);
}

void TestImageTransform::tilesAreExact() {
    QFETCH(int, index);
    const auto& item = golden().at("synthetic").at(static_cast<std::size_t>(index));
    const auto image =
        testsupport::readImage(testsupport::dataPath(kFolder + item.at("file").get<std::string>()));
    const auto tiled =
        tileImage(image, visionFor(item.at("tile_size"), item.at("max_tiles").get<std::int64_t>()));
    QVERIFY2(tiled, tiled ? "" : tiled.error().message.c_str());
    QCOMPARE(tiled->rows, item.at("aspect_ratio_rows_cols").at(0).get<std::int64_t>());
    QCOMPARE(tiled->cols, item.at("aspect_ratio_rows_cols").at(1).get<std::int64_t>());
    const auto expected = readNpy(testsupport::dataPath(kFolder + item.at("tiles_u8").get<std::string>()));
    QVERIFY(expected);
    QCOMPARE(tiled->pixels.size(), expected->data.size());
    for (std::size_t i = 0; i < tiled->pixels.size(); ++i)
        QVERIFY2(tiled->pixels[i] == static_cast<std::uint8_t>(expected->data[i]),
                 ("pixel " + std::to_string(i)).c_str());
    const auto plane = static_cast<std::size_t>(tiled->tileSize * tiled->tileSize);
    for (std::int64_t tile = 0; tile < tiled->tiles(); ++tile) {
        const auto values = normalizedTile(*tiled, tile);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const double mean = item.at("normalized_mean").at(static_cast<std::size_t>(tile)).at(channel);
            const auto own = momentsOf(std::span(values).subspan(channel * plane, plane));
            QVERIFY(std::abs(own.mean - mean) < 1e-4);
        }
    }
}

void TestImageTransform::photosAgree_data() {
    QTest::addColumn<int>("index");
    const auto& list = golden().at("photos");
    for (std::size_t i = 0; i < list.size(); ++i)
        QTest::addRow("%s in tiles of %d", list[i].at("file").get<std::string>().c_str(),
                      list[i].at("tile_size").get<int>())
            << static_cast<int>(i);
}

// JPEG decoders differ, so tiles are compared by their moments.
void TestImageTransform::photosAgree() {
    QFETCH(int, index);
    const auto& item = golden().at("photos").at(static_cast<std::size_t>(index));
    const auto path = testsupport::largeFixture(kFolder + item.at("file").get<std::string>());
    SKIP_WITHOUT_FIXTURE(path);
    const auto tiled = tileImage(testsupport::readImage(path), visionFor(item.at("tile_size"), 4));
    QVERIFY(tiled);
    QCOMPARE(tiled->rows, item.at("aspect_ratio_rows_cols").at(0).get<std::int64_t>());
    QCOMPARE(tiled->cols, item.at("aspect_ratio_rows_cols").at(1).get<std::int64_t>());
    const auto plane = static_cast<std::size_t>(tiled->tileSize * tiled->tileSize);
    for (std::int64_t tile = 0; tile < tiled->tiles(); ++tile) {
        const auto values = normalizedTile(*tiled, tile);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const auto own = momentsOf(std::span(values).subspan(channel * plane, plane));
            const auto t = static_cast<std::size_t>(tile);
            QVERIFY(std::abs(own.mean - item.at("mean").at(t).at(channel).get<double>()) < 0.02);
            QVERIFY(std::abs(own.deviation - item.at("std").at(t).at(channel).get<double>()) < 0.02);
        }
    }
}

void TestImageTransform::impossibleImagesAreRefused() {
    const auto vision = visionFor(56, 4);
    for (const auto& image :
         {RgbImage{}, RgbImage{65535, 65535, {}}, RgbImage{4, 4, {1, 2, 3}}, RgbImage{-1, 5, {}}}) {
        const auto tiled = tileImage(image, vision);
        QVERIFY(!tiled);
        QCOMPARE(tiled.error().code, ErrorCode::invalidInput);
    }
    // What the reference would scale to nothing still shows.
    const auto thin = tileImage({10000, 1, std::vector<std::uint8_t>(30000, 200)}, vision);
    QVERIFY(thin);
    QCOMPARE(thin->tiles(), std::int64_t{4});
    QCOMPARE(thin->pixels.front(), std::uint8_t{200});
}

QTEST_APPLESS_MAIN(TestImageTransform)
#include "tst_image_transform.moc"
