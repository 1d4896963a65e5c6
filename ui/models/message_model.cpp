#include "ui/models/message_model.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "engine/report/metric_catalog.h"

namespace ui {

int MessageModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count();
}

QVariant MessageModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& at = message(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return at.text;
        case roleRole:
            return static_cast<int>(at.row.role);
        case statusRole:
            return QString::fromStdString(at.row.status);
        case metricsRole:
            return metricsText(at.row.metrics);
        default:
            return {};
    }
}

void MessageModel::setMessages(std::vector<ChatMessage> messages) {
    beginResetModel();
    messages_ = std::move(messages);
    endResetModel();
}

void MessageModel::append(ChatMessage message) {
    beginInsertRows({}, count(), count());
    messages_.push_back(std::move(message));
    endInsertRows();
}

void MessageModel::appendText(int row, const QString& text) {
    auto& at = messages_[static_cast<std::size_t>(row)];
    at.text += text;
    at.row.content = at.text.toStdString();
    emit dataChanged(index(row), index(row));
}

void MessageModel::setContent(int row, const QString& text, const std::string& status,
                              const std::string& metrics) {
    auto& at = messages_[static_cast<std::size_t>(row)];
    at.text = text;
    at.row.content = text.toStdString();
    at.row.status = status;
    at.row.metrics = metrics;
    emit dataChanged(index(row), index(row));
}

void MessageModel::removeLast() {
    beginRemoveRows({}, count() - 1, count() - 1);
    messages_.pop_back();
    endRemoveRows();
}

QString errorText(const std::string& metricsJson) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(metricsJson))
        .object()
        .value(QLatin1String("error"))
        .toString();
}

QString metricsText(const std::string& metricsJson) {
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(metricsJson)).object();
    QStringList parts;
    const auto add = [&](const char* metric, const QString& before) {
        const auto value = json.value(QLatin1String(metric));
        if (value.isDouble())
            parts << before + QString::fromStdString(engine::formatMetric(metric, value.toDouble()));
    };
    add("ttft_ms", MessageModel::tr("TTFT "));
    add("decode_tokens_per_s", {});
    if (const auto tokens = json.value(QLatin1String("generated_tokens")); tokens.isDouble())
        parts << MessageModel::tr("%n token(s)", nullptr, tokens.toInt());
    const auto speculation = json.value(QLatin1String("speculation")).toObject();
    if (const auto share = speculation.value(QLatin1String("acceptance")); share.isDouble())
        parts << MessageModel::tr("%1 of %2 guesses held (%3 %)")
                     .arg(speculation.value(QLatin1String("accepted")).toInt())
                     .arg(speculation.value(QLatin1String("drafted")).toInt())
                     .arg(100.0 * share.toDouble(), 0, 'f', 0);
    const auto energy = json.value(QLatin1String("energy")).toObject();
    if (const auto value = energy.value(QLatin1String("joules_per_token")); value.isDouble())
        parts << QString::fromStdString(engine::formatMetric("joules_per_token", value.toDouble())) +
                     QLatin1Char(' ') + energy.value(QLatin1String("provenance")).toString();
    return parts.join(QStringLiteral("  ·  "));
}

}  // namespace ui
