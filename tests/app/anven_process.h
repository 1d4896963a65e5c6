#pragma once

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

/// One call of the built `anven`, as a person or a script makes it.
struct AnvenCall {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;

    /// The document on stdout; discarded when it is not exactly one.
    nlohmann::json json() const { return nlohmann::json::parse(out.toStdString(), nullptr, false); }
};

/// Starts `anven` in a folder of its own, where it also keeps its data.
class AnvenProcess {
public:
    QString path(const QString& name) const { return folder_.filePath(name); }

    /// "@name" in an argument is the path of that name in the folder.
    void start(QProcess& process, const QStringList& arguments) const {
        QStringList resolved;
        for (const auto& argument : arguments)
            resolved << (argument.startsWith('@') ? path(argument.mid(1)) : argument);
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_DATA_HOME", path("data"));
        environment.insert("XDG_CACHE_HOME", path("cache"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(folder_.path());
        process.start(ANVEN_PROGRAM, resolved);
    }

    AnvenCall run(const QStringList& arguments, const QByteArray& input = {}) const {
        QProcess process;
        start(process, arguments);
        process.write(input);
        process.closeWriteChannel();
        AnvenCall call;
        if (!process.waitForFinished(120'000) || process.exitStatus() != QProcess::NormalExit)
            return call;
        call.exitCode = process.exitCode();
        call.out = process.readAllStandardOutput();
        call.err = process.readAllStandardError();
        return call;
    }

    void write(const QString& name, const QByteArray& bytes) const {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

private:
    QTemporaryDir folder_;
};
