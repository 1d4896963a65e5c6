// anven-picture FILE: decodes a picture for `anven`, which links no window library, and writes it to standard
// output as binary PPM. A process of its own: what a hostile picture does to its decoder ends here.
#include <QtGlobal>
#include <cstdio>

#include "ui/pictures/picture_file.h"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: anven-picture FILE\n", stderr);
        return 2;
    }
    // One line tells what is wrong: what decoders log beside it is not for the reader.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
    const auto image = ui::readPictureFile(QString::fromLocal8Bit(argv[1]));
    if (!image) {
        std::fputs(image.error().message.c_str(), stderr);
        return 1;
    }
    std::printf("P6 %lld %lld 255\n", static_cast<long long>(image->width),
                static_cast<long long>(image->height));
    const auto written = std::fwrite(image->pixels.data(), 1, image->pixels.size(), stdout);
    return written == image->pixels.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
