#include "ui/models/message_model.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

#include "engine/report/metric_catalog.h"

namespace ui {

int MessageModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count();
}

QVariant MessageModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& shown = message(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return shown.text;
        case roleRole:
            return static_cast<int>(shown.row.role);
        case statusRole:
            return QString::fromStdString(shown.row.status);
        case metricsRole:
            return metricsText(shown.row.metrics);
        default:
            return {};
    }
}

BranchPlace MessageModel::branch(int row) const {
    const auto& siblings = tree_.siblings(message(row).key);
    const auto place = std::find(siblings.begin(), siblings.end(), message(row).key);
    return {static_cast<int>(place - siblings.begin()) + 1, static_cast<int>(siblings.size())};
}

void MessageModel::setMessages(std::vector<ChatMessage> messages, quint64 shown) {
    beginResetModel();
    all_.clear();
    tree_ = {};
    for (auto& message : messages) {
        tree_.add(message.key, message.parentKey);
        all_.emplace(message.key, std::move(message));
    }
    tree_.show(shown);
    const auto path = tree_.shownPath();
    shown_.assign(path.begin(), path.end());
    endResetModel();
}

void MessageModel::append(ChatMessage message) {
    message.parentKey = lastKey();
    if (message.parentKey != 0 && all_.at(message.parentKey).row.id != 0)
        message.row.parentId = all_.at(message.parentKey).row.id;
    beginInsertRows({}, count(), count());
    tree_.add(message.key, message.parentKey);
    shown_.push_back(message.key);
    all_.emplace(message.key, std::move(message));
    endInsertRows();
}

void MessageModel::appendText(int row, const QString& text) {
    auto& changed = at(row);
    changed.text += text;
    changed.row.content = changed.text.toStdString();
    emit dataChanged(index(row), index(row));
}

void MessageModel::setContent(int row, const QString& text, const std::string& status,
                              const std::string& metrics) {
    auto& changed = at(row);
    changed.text = text;
    changed.row.content = text.toStdString();
    changed.row.status = status;
    changed.row.metrics = metrics;
    emit dataChanged(index(row), index(row));
}

void MessageModel::setPreview(const std::string& sha256, const QImage& preview) {
    for (auto& [key, message] : all_) {
        const auto& pictures = message.row.pictures;
        bool changed = false;
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            if (pictures[i].sha256 != sha256)
                continue;
            message.previews.resize(pictures.size());
            message.previews[i] = preview;
            changed = true;
        }
        const auto shown = std::find(shown_.begin(), shown_.end(), key);
        if (changed && shown != shown_.end()) {
            const auto at = index(static_cast<int>(shown - shown_.begin()));
            emit dataChanged(at, at);
        }
    }
}

void MessageModel::truncate(int row) {
    if (row >= count())
        return;
    beginRemoveRows({}, row, count() - 1);
    shown_.resize(static_cast<std::size_t>(row));
    endRemoveRows();
}

bool MessageModel::switchBranch(int row, int step) {
    const auto& siblings = tree_.siblings(message(row).key);
    const int wanted = branch(row).number - 1 + step;
    if (wanted < 0 || wanted >= static_cast<int>(siblings.size()))
        return false;
    beginResetModel();
    tree_.show(siblings[static_cast<std::size_t>(wanted)]);
    const auto path = tree_.shownPath();
    shown_.assign(path.begin(), path.end());
    endResetModel();
    return true;
}

std::vector<engine::MessageRow> MessageModel::shownRows() const {
    std::vector<engine::MessageRow> rows;
    for (int row = 0; row < count(); ++row)
        rows.push_back(message(row).row);
    return rows;
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
    add("image_encode_ms", MessageModel::tr("images "));
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
