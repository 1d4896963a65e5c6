#include <QProcess>
#include <QRegularExpression>
#include <QTranslator>
#include <QtTest>

#include "tests/ui/translated_texts.h"

/// Every text of the window has German words with the same placeholders, and both plural forms where it
/// counts.
class TestTranslation : public QObject {
    Q_OBJECT
private slots:
    void everySourceTextIsThere_data();
    void everySourceTextIsThere();
    void placeholdersAreTheSame();
    void pluralsAreFull_data() { everySourceTextIsThere_data(); }
    void pluralsAreFull();
    void germanIsBuiltIn();
};

namespace {

using uitest::textsOf;
using uitest::translationFile;

QStringList placeholders(const QString& text) {
    static const QRegularExpression form("%(\\d|n)");
    QStringList found;
    for (auto match = form.globalMatch(text); match.hasNext();)
        found << match.next().captured();
    found.sort();
    return found;
}

}  // namespace

void TestTranslation::everySourceTextIsThere_data() {
    QTest::addColumn<QString>("language");
    QTest::newRow("German") << "de";
    QTest::newRow("English plurals") << "en";
}

void TestTranslation::everySourceTextIsThere() {
    QFETCH(QString, language);
    const QTemporaryDir folder;
    const QString fresh = folder.filePath("fresh.ts");
    QVERIFY(QFile::copy(translationFile(language), fresh));
    QProcess lupdate;
    lupdate.setWorkingDirectory(ANVEN_SOURCE_DIR);
    QStringList arguments{"-silent", "-no-obsolete", "-locations", "none", "-I", ".", "ui", "-ts", fresh};
    if (language == "en")
        arguments.prepend("-pluralonly");
    lupdate.start(ANVEN_LUPDATE, arguments);
    QVERIFY2(lupdate.waitForFinished(120'000) && lupdate.exitCode() == 0,
             lupdate.readAllStandardError().constData());
    QStringList missing;
    const auto texts = textsOf(fresh);
    for (const auto& text : texts)
        if (text.unfinished || text.forms.contains(QString()))
            missing << text.context + ": " + text.source;
    QVERIFY(texts.size() > (language == "de" ? 800 : 30));
    QVERIFY2(missing.isEmpty(), qPrintable("build anven_texts, then translate:\n" + missing.join('\n')));
}

void TestTranslation::placeholdersAreTheSame() {
    QStringList wrong;
    for (const auto& text : textsOf(translationFile("de")))
        for (const auto& form : text.forms)
            if (placeholders(form) != placeholders(text.source))
                wrong << text.source + " -> " + form;
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
}

void TestTranslation::pluralsAreFull() {
    QFETCH(QString, language);
    int seen = 0;
    for (const auto& text : textsOf(translationFile(language))) {
        if (!text.counts)
            continue;
        ++seen;
        QVERIFY2(text.forms.size() == 2, qPrintable(text.source));
        for (const auto& form : text.forms)
            QVERIFY2(!form.contains("(s)"), qPrintable(form));
    }
    QVERIFY(seen > 30);
}

void TestTranslation::germanIsBuiltIn() {
    QTranslator german;
    QVERIFY(german.load("anven_de", ":/translations"));
    QCOMPARE(german.translate("ui::MainWindow", "Results"), QString("Ergebnisse"));
    QCOMPARE(german.translate("ui::StatusStrip", "%1 · %n run(s)", nullptr, 1),
             QString::fromUtf8("%1 · %n Lauf"));
    QCOMPARE(german.translate("ui::StatusStrip", "%1 · %n run(s)", nullptr, 3),
             QString::fromUtf8("%1 · %n Läufe"));
}

QTEST_MAIN(TestTranslation)
#include "tst_translation.moc"
