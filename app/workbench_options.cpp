#include "app/workbench_options.h"

#include <QCommandLineParser>
#include <QRegularExpression>

#include "engine/base/version.h"

namespace {

const QStringList kPages{QStringLiteral("chat"),    QStringLiteral("compare"), QStringLiteral("benchmark"),
                         QStringLiteral("results"), QStringLiteral("models"),  QStringLiteral("system")};
const QStringList kThemes{QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("system")};

std::optional<QSize> sizeOf(const QString& text) {
    static const QRegularExpression form(QStringLiteral("^(\\d{3,5})x(\\d{3,5})$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return QSize(match.captured(1).toInt(), match.captured(2).toInt());
}

}  // namespace

ParsedOptions parseWorkbenchOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Anven Workbench: run quantized language models side by side and measure them."));
    const auto add = [&](const char* name, const char* help, const char* value) {
        parser.addOption({QString::fromLatin1(name), QString::fromLatin1(help), QString::fromLatin1(value)});
    };
    parser.addPositionalArgument(
        QStringLiteral("models"),
        QStringLiteral("Models to compare, the reference first: files, folders or demo:NAME."),
        QStringLiteral("[models...]"));
    add("page", "Page to open: chat, compare, benchmark, results, models or system (also system/kernels, …).",
        "page");
    add("database", "Database file in place of the default one.", "file");
    add("settings", "Settings file (INI) in place of the default one.", "file");
    add("theme", "light, dark or system.", "theme");
    add("size", "Size of the window, e.g. 1280x800.", "WxH");
    add("prompt", "Text for the prompt of the page.", "text");
    add("screenshot", "Write the window to this PNG file once it has settled, then end.", "file");
    add("report", "Write runs of the database to this PDF file, then end; needs no display.", "file");
    add("report-runs", "With --report: which runs, separated by commas; the newest when not given.", "ids");
    parser.addOption(
        {QStringLiteral("run"), QStringLiteral("Run the prompt, or the benchmark of its page, at once.")});
    const auto help = parser.addHelpOption();
    const auto version = parser.addVersionOption();

    ParsedOptions parsed;
    if (!parser.parse(arguments)) {
        parsed.error = parser.errorText();
        return parsed;
    }
    if (parser.isSet(help)) {
        parsed.text = parser.helpText();
        return parsed;
    }
    if (parser.isSet(version)) {
        parsed.text = QStringLiteral("anven-workbench %1\n")
                          .arg(QString::fromStdString(std::string(engine::buildInfo().version)));
        return parsed;
    }
    auto& options = parsed.options;
    options.models = parser.positionalArguments();
    options.page = parser.value(QStringLiteral("page"));
    options.database = parser.value(QStringLiteral("database"));
    options.settings = parser.value(QStringLiteral("settings"));
    options.theme = parser.value(QStringLiteral("theme"));
    options.prompt = parser.value(QStringLiteral("prompt"));
    options.screenshot = parser.value(QStringLiteral("screenshot"));
    options.run = parser.isSet(QStringLiteral("run"));
    options.report = parser.value(QStringLiteral("report"));
    for (const auto& id :
         parser.value(QStringLiteral("report-runs")).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        bool isNumber = false;
        options.reportRuns.push_back(id.toLongLong(&isNumber));
        if (!isNumber || options.reportRuns.back() < 1)
            parsed.error =
                QStringLiteral("--report-runs wants numbers separated by commas, not '%1'").arg(id);
    }
    const QString size = parser.value(QStringLiteral("size"));
    options.size = sizeOf(size);
    if (!size.isEmpty() && !options.size)
        parsed.error = QStringLiteral("--size wants WIDTHxHEIGHT, e.g. 1280x800, not '%1'").arg(size);
    else if (!options.page.isEmpty() && !kPages.contains(options.page.section(QLatin1Char('/'), 0, 0)))
        parsed.error = QStringLiteral("--page wants one of %1, not '%2'")
                           .arg(kPages.join(QStringLiteral(", ")), options.page);
    else if (!options.theme.isEmpty() && !kThemes.contains(options.theme))
        parsed.error = QStringLiteral("--theme wants one of %1, not '%2'")
                           .arg(kThemes.join(QStringLiteral(", ")), options.theme);
    else if (options.run && options.prompt.trimmed().isEmpty() && options.page != QLatin1String("benchmark"))
        parsed.error = QStringLiteral("--run needs --prompt, or --page benchmark");
    return parsed;
}
