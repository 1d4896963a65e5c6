#include "ui/models/model_texts.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QLocale>

#include "engine/report/metric_catalog.h"

namespace ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ui", text);
}

}  // namespace

QString bytesText(std::int64_t bytes) {
    return bytes <= 0
               ? QStringLiteral("–")
               : QString::fromStdString(engine::formatMetric("peak_rss_bytes", static_cast<double>(bytes)));
}

QString countText(std::int64_t count) {
    const auto value = static_cast<double>(count);
    if (count >= 1'000'000'000)
        return QStringLiteral("%1 B").arg(QString::fromStdString(engine::formatNumber(value / 1e9)));
    if (count >= 1'000)
        return QStringLiteral("%1 M").arg(QString::fromStdString(engine::formatNumber(value / 1e6)));
    return QString::number(count);
}

QString shapeText(const std::vector<std::int64_t>& shape) {
    QStringList extents;
    for (const auto extent : shape)
        extents << QString::number(extent);
    return QStringLiteral("[%1]").arg(extents.join(QStringLiteral(", ")));
}

QString formatText(const std::string& format) {
    if (format == "meta" || format == "pth")
        return tr("Meta .pth");
    if (format == "huggingface" || format == "safetensors")
        return QStringLiteral("safetensors");
    return QString::fromStdString(format).toUpper();
}

QString schemeText(const std::string& scheme) {
    if (scheme == "int8_channel")
        return tr("int8 per row");
    if (scheme.starts_with("int4_g"))
        return tr("int4, groups of %1").arg(QString::fromStdString(scheme.substr(6)));
    return QString::fromStdString(scheme).toUpper();
}

QString verdictText(engine::FitVerdict verdict) {
    switch (verdict) {
        case engine::FitVerdict::fits:
            return tr("Fits");
        case engine::FitVerdict::tight:
            return tr("Tight");
        case engine::FitVerdict::tooLarge:
            return tr("Too large");
        case engine::FitVerdict::unknown:
            break;
    }
    return tr("Unknown");
}

QString fitLine(const engine::MemoryFit& fit) {
    return fit.available ? tr("%1 of %2").arg(bytesText(fit.total()), bytesText(*fit.available))
                         : bytesText(fit.total());
}

QString fitTip(const engine::MemoryFit& fit) {
    return tr("Estimated memory with a context of %1 tokens\nWeights, packed: %2\nKV cache: %3\nActivations: "
              "%4\nOne picture, encoded and kept: %5\nProcess and tokenizer: %6\nTogether: %7\nAvailable "
              "now: %8")
        .arg(QLocale().toString(qlonglong{fit.context}), bytesText(fit.weights), bytesText(fit.kvCache),
             bytesText(fit.activations), bytesText(fit.images), bytesText(fit.application),
             bytesText(fit.total()),
             fit.available ? bytesText(*fit.available) : tr("the system does not say"));
}

QString verificationText(engine::VerificationState state) {
    switch (state) {
        case engine::VerificationState::recorded:
            return tr("Recorded");
        case engine::VerificationState::published:
            return tr("As published");
        case engine::VerificationState::differs:
            return tr("Not as published");
        case engine::VerificationState::changed:
            return tr("Changed");
        case engine::VerificationState::outdated:
            return tr("Outdated");
        case engine::VerificationState::none:
            break;
    }
    return tr("Not yet");
}

QString verificationTip(const engine::Verification& verification, engine::VerificationState state) {
    static const std::pair<engine::VerificationState, const char*> kMeanings[] = {
        {engine::VerificationState::none,
         QT_TRANSLATE_NOOP("ui::ModelTexts", "The SHA-256 of the weight files was not computed yet")},
        {engine::VerificationState::recorded,
         QT_TRANSLATE_NOOP(
             "ui::ModelTexts",
             "SHA-256 computed and kept; no published one lies beside the files to compare with")},
        {engine::VerificationState::published,
         QT_TRANSLATE_NOOP("ui::ModelTexts", "SHA-256 is the one that was published with the files")},
        {engine::VerificationState::differs,
         QT_TRANSLATE_NOOP(
             "ui::ModelTexts",
             "SHA-256 is not the published one: the download is damaged or the file was changed")},
        {engine::VerificationState::changed,
         QT_TRANSLATE_NOOP("ui::ModelTexts", "SHA-256 is another one than at the last verification")},
        {engine::VerificationState::outdated,
         QT_TRANSLATE_NOOP("ui::ModelTexts",
                           "A file was changed or moved since its SHA-256 was computed; verify again")}};
    QStringList lines;
    for (const auto& [meant, text] : kMeanings)
        if (meant == state)
            lines << tr(text);
    for (const auto& file : verification.files) {
        lines << QStringLiteral("%1  %2").arg(QString::fromStdString(file.sha256),
                                              QFileInfo(QString::fromStdString(file.file)).fileName());
        if (!file.published.empty() && file.published != file.sha256)
            lines << tr("%1 says %2")
                         .arg(QString::fromStdString(file.publishedIn),
                              QString::fromStdString(file.published));
    }
    if (!verification.checkedAt.empty()) {
        const auto when =
            QDateTime::fromString(QString::fromStdString(verification.checkedAt), Qt::ISODateWithMs);
        lines << tr("Computed %1").arg(QLocale().toString(when.toLocalTime(), QLocale::ShortFormat));
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace ui
