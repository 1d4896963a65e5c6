#pragma once

#include <sys/resource.h>

#include <QString>
#include <QTemporaryDir>
#include <QtTest>
#include <functional>
#include <string>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/pth_reader.h"
#include "tests/engine/checkpoint/file_bytes.h"

/// Shared by the tests that feed damaged files to one reader.
namespace refusal {

/// Damaged files must not make a reader allocate what they promise: with this limit a large allocation ends
/// the test program.
inline void limitMemory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    constexpr rlim_t kMost = rlim_t{3} << 29;  // 1.5 GiB of addresses, libraries and file mappings included
    const rlimit limit{kMost, kMost};
    QCOMPARE(::setrlimit(RLIMIT_AS, &limit), 0);
#endif
}

using Reader = std::function<engine::Result<void>(const engine::MappedFile&)>;

/// A row of a table of damaged files.
inline void addRow(const char* name, const std::string& bytes, const char* expected) {
    QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                        << QString(expected);
}

/// Writes the row's bytes and checks that `read` gives one error that names the file and says `expected`.
inline void check(const QString& fileName, const Reader& read) {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / fileName.toStdString();
    filebytes::writeFile(path, bytes.toStdString());
    auto file = engine::MappedFile::open(path);
    QVERIFY(file.has_value());
    const auto result = read(**file);
    QVERIFY2(!result, "the damaged file was accepted");
    const auto message = QString::fromStdString(result.error().message);
    QVERIFY2(message.contains(QString::fromStdString(path.string())),
             qPrintable("does not name the file: " + message));
    QVERIFY2(message.contains(expected), qPrintable("expected '" + expected + "' in: " + message));
    QVERIFY2(message.size() < 1000, "the message is too long to show");
}

template <class T>
engine::Result<void> dropValue(const engine::Result<T>& result) {
    return result ? engine::Result<void>() : engine::Result<void>(result.error());
}

}  // namespace refusal
