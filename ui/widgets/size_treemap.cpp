#include "ui/widgets/size_treemap.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <map>

#include "ui/models/model_texts.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"
#include "ui/widgets/squarify.h"

namespace ui {
namespace {

constexpr double kHead = 15.0;  // the group's name
constexpr double kGap = 2.0;    // between groups
constexpr double kLegend = 22.0;
constexpr double kMinTextWidth = 46.0;
constexpr double kMinTextHeight = 15.0;

QString groupOf(const std::string& name) {
    const QString text = QString::fromStdString(name);
    if (!text.startsWith(QLatin1String("layers.")))
        return text.section(QLatin1Char('.'), 0, 0);
    return SizeTreemap::tr("Layer %1").arg(text.section(QLatin1Char('.'), 1, 1));
}

QString shortName(const std::string& name) {
    QString text = QString::fromStdString(name);
    if (text.startsWith(QLatin1String("layers.")))
        text = text.section(QLatin1Char('.'), 2);
    text.remove(QStringLiteral("attention."));
    text.remove(QStringLiteral("feed_forward."));
    return text.endsWith(QLatin1String(".weight")) ? text.chopped(7) : text;
}

template <class Items, class Bytes>
std::vector<double> sizesOf(const Items& items, const Bytes& bytes) {
    std::vector<double> sizes;
    for (const auto& item : items)
        sizes.push_back(bytes(item));
    return sizes;
}

}  // namespace

SizeTreemap::SizeTreemap(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("modelTreemap"));
    setAccessibleName(tr("Sizes of the tensors"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void SizeTreemap::setTensors(const std::vector<engine::TensorFacts>& tensors) {
    std::map<QString, Group> byName;
    std::map<std::string, double> bySchemes;
    total_ = 0.0;
    for (const auto& tensor : tensors) {
        auto& group = byName[groupOf(tensor.name)];
        group.name = groupOf(tensor.name);
        group.bytes += static_cast<double>(tensor.bytes);
        bySchemes[tensor.scheme] += static_cast<double>(tensor.bytes);
        total_ += static_cast<double>(tensor.bytes);
    }
    groups_.clear();
    for (auto& [name, group] : byName)
        groups_.push_back(group);
    std::stable_sort(groups_.begin(), groups_.end(),
                     [](const Group& a, const Group& b) { return a.bytes > b.bytes; });
    cells_.clear();
    for (const auto& tensor : tensors) {
        const auto group = std::find_if(groups_.begin(), groups_.end(),
                                        [&](const Group& g) { return g.name == groupOf(tensor.name); });
        cells_.push_back({tensor, static_cast<int>(group - groups_.begin()), {}});
    }
    std::stable_sort(cells_.begin(), cells_.end(), [](const Cell& a, const Cell& b) {
        return std::pair(a.group, -a.tensor.bytes) < std::pair(b.group, -b.tensor.bytes);
    });
    schemes_.clear();
    for (const auto& [scheme, bytes] : bySchemes)
        schemes_.push_back(scheme);
    std::stable_sort(schemes_.begin(), schemes_.end(),
                     [&](const auto& a, const auto& b) { return bySchemes[a] > bySchemes[b]; });
    current_ = cells_.empty() ? -1 : 0;
    hovered_ = -1;
    layOut();
}

void SizeTreemap::layOut() {
    const QRectF area = QRectF(rect()).adjusted(0, 0, 0, -kLegend);
    const auto groupRects = squarify(area, sizesOf(groups_, [](const Group& g) { return g.bytes; }));
    std::size_t begin = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        groups_[g].rect = groupRects[g].adjusted(kGap / 2, kGap / 2, -kGap / 2, -kGap / 2);
        std::size_t end = begin;
        std::vector<double> sizes;
        for (; end < cells_.size() && cells_[end].group == static_cast<int>(g); ++end)
            sizes.push_back(static_cast<double>(cells_[end].tensor.bytes));
        QRectF inner = groups_[g].rect;
        if (inner.height() > 3 * kHead && inner.width() > kMinTextWidth)
            inner.setTop(inner.top() + kHead);
        const auto rects = squarify(inner, sizes);
        for (std::size_t i = 0; i < rects.size(); ++i)
            cells_[begin + i].rect = rects[i];
        begin = end;
    }
    update();
}

QString SizeTreemap::cellName(int cell) const {
    return QString::fromStdString(cells_[static_cast<std::size_t>(cell)].tensor.name);
}

QColor SizeTreemap::colorOf(const std::string& scheme) const {
    const auto& variants = Theme::instance().tokens().variants;
    const auto at = std::find(schemes_.begin(), schemes_.end(), scheme) - schemes_.begin();
    return variants[static_cast<std::size_t>(at) % variants.size()];
}

void SizeTreemap::paintCell(QPainter& painter, int at) const {
    const auto& tokens = Theme::instance().tokens();
    const auto& cell = cells_[static_cast<std::size_t>(at)];
    if (cell.rect.width() < 0.5 || cell.rect.height() < 0.5)
        return;
    QColor color = colorOf(cell.tensor.scheme);
    color.setAlphaF(at == hovered_ ? 0.55F : 0.30F);
    const double gap = std::min({1.0, cell.rect.width() / 4, cell.rect.height() / 4});
    painter.fillRect(cell.rect.adjusted(gap / 2, gap / 2, -gap / 2, -gap / 2), color);
    if (cell.rect.width() < kMinTextWidth || cell.rect.height() < kMinTextHeight)
        return;
    painter.setPen(tokens.text);
    const QRectF text = cell.rect.adjusted(5, 1, -3, -1);
    const bool twoLines = cell.rect.height() > 2 * kMinTextHeight + 2;
    const auto line = [&](const QString& words, double top) {
        painter.drawText(
            QRectF(text.left(), top, text.width(), kMinTextHeight), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(text.width())));
    };
    line(shortName(cell.tensor.name), text.top());
    if (!twoLines)
        return;
    painter.setPen(tokens.mute);
    line(bytesText(cell.tensor.bytes), text.top() + kMinTextHeight);
}

void SizeTreemap::paintLegend(QPainter& painter) const {
    const auto& tokens = Theme::instance().tokens();
    double x = kGap / 2;
    const double middle = height() - kLegend / 2 + 2;
    for (const auto& scheme : schemes_) {
        const QString words = schemeText(scheme);
        const double wide = painter.fontMetrics().horizontalAdvance(words);
        if (x + wide + 18 > width())
            break;
        QColor color = colorOf(scheme);
        color.setAlphaF(0.7F);
        painter.fillRect(QRectF(x, middle - 4, 9, 9), color);
        painter.setPen(tokens.mute);
        painter.drawText(QRectF(x + 14, middle - 9, wide + 2, 18), Qt::AlignVCenter, words);
        x += wide + 32;
    }
}

void SizeTreemap::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::instance();
    QPainter painter(this);
    painter.setFont(theme.bodyFont(11));
    for (const auto& group : groups_) {
        const bool head = group.rect.height() > 3 * kHead && group.rect.width() > kMinTextWidth;
        if (!head)
            continue;
        painter.setPen(theme.tokens().mute);
        const QRectF text(group.rect.left() + 2, group.rect.top(), group.rect.width() - 4, kHead);
        const QString words =
            QStringLiteral("%1 · %2").arg(group.name, bytesText(static_cast<std::int64_t>(group.bytes)));
        painter.drawText(
            text, Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(text.width())));
    }
    for (int cell = 0; cell < cellCount(); ++cell)
        paintCell(painter, cell);
    paintLegend(painter);
    if (hasFocus() && current_ >= 0) {
        painter.setPen(QPen(theme.tokens().accent, 2));
        painter.drawRect(cellRect(current_).adjusted(1, 1, -1, -1));
    }
}

QString SizeTreemap::tipOf(int at) const {
    const auto& tensor = cells_[static_cast<std::size_t>(at)].tensor;
    const double share = total_ > 0.0 ? 100.0 * static_cast<double>(tensor.bytes) / total_ : 0.0;
    return tr("%1\n%2 · %3\n%4, %5 % of the file")
        .arg(QString::fromStdString(tensor.name), shapeText(tensor.shape), schemeText(tensor.scheme),
             bytesText(tensor.bytes), QString::number(share, 'f', share < 10 ? 1 : 0));
}

int SizeTreemap::cellAt(const QPointF& point) const {
    for (int cell = 0; cell < cellCount(); ++cell)
        if (cellRect(cell).contains(point))
            return cell;
    return -1;
}

int SizeTreemap::neighbour(int key) const {
    const QPointF from = cellRect(current_).center();
    int best = -1;
    double bestDistance = 0.0;
    for (int cell = 0; cell < cellCount(); ++cell) {
        if (cell == current_ || cellRect(cell).isEmpty())
            continue;
        const QPointF way = cellRect(cell).center() - from;
        const double along = key == Qt::Key_Left    ? -way.x()
                             : key == Qt::Key_Right ? way.x()
                             : key == Qt::Key_Up    ? -way.y()
                                                    : way.y();
        const double aside =
            key == Qt::Key_Left || key == Qt::Key_Right ? std::abs(way.y()) : std::abs(way.x());
        if (along <= 0.5)
            continue;
        const double distance = along + 2.0 * aside;
        if (best < 0 || distance < bestDistance) {
            best = cell;
            bestDistance = distance;
        }
    }
    return best;
}

void SizeTreemap::setCurrent(int cell) {
    if (cell < 0)
        return;
    current_ = cell;
    setAccessibleDescription(tipOf(cell));
    update();
}

bool SizeTreemap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const int cell = cellAt(help->pos()); cell >= 0)
            QToolTip::showText(help->globalPos(), plainTip(tipOf(cell)), this, cellRect(cell).toRect());
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void SizeTreemap::resizeEvent(QResizeEvent*) {
    layOut();
}

void SizeTreemap::mouseMoveEvent(QMouseEvent* event) {
    const int cell = cellAt(event->position());
    if (cell != std::exchange(hovered_, cell))
        update();
}

void SizeTreemap::mousePressEvent(QMouseEvent* event) {
    if (const int cell = cellAt(event->position()); cell >= 0) {
        setCurrent(cell);
        emit chosen(cellName(cell));
    }
}

void SizeTreemap::leaveEvent(QEvent*) {
    hovered_ = -1;
    update();
}

void SizeTreemap::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (current_ < 0)
        return QWidget::keyPressEvent(event);
    if (key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down)
        setCurrent(neighbour(key));
    else if (key == Qt::Key_Home)
        setCurrent(0);
    else if (key == Qt::Key_End)
        setCurrent(cellCount() - 1);
    else if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space)
        emit chosen(cellName(current_));
    else
        QWidget::keyPressEvent(event);
}

}  // namespace ui
