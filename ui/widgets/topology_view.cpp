#include "ui/widgets/topology_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/models/plain_tip.h"
#include "ui/theme.h"

namespace ui {
namespace {

using Kind = engine::TopologyPart::Kind;

constexpr double kMargin = 2.0;  // for the focus ring
constexpr double kRadius = 6.0;
constexpr int kTextPixels = 11;
constexpr int kFewCores = 4;
constexpr int kSomeCores = 16;
constexpr int kFewHeight = 180;  // beyond these heights cores would stand in a desert
constexpr int kSomeHeight = 300;

double radiusOf(const TopologyBox& box) {
    return std::min({kRadius, box.place.width() / 6, box.place.height() / 6});
}

QColor fillOf(const TopologyBox& box, int coreKinds) {
    const auto& tokens = Theme::instance().tokens();
    switch (box.kind) {
        case Kind::package:
            return tokens.background;
        case Kind::cache:
            return tokens.panel;
        case Kind::core:
            return coreKinds > 1 && box.coreKind < coreKinds - 1 ? tokens.code : tokens.accentSoft;
        case Kind::thread:
            return box.usable ? tokens.panel : tokens.line;
        case Kind::machine:
            break;
    }
    return tokens.panel;
}

}  // namespace

TopologyView::TopologyView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("topologyView"));
    setAccessibleName(tr("CPU topology"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TopologyView::show(const engine::CpuTopology& topology) {
    topology_ = topology;
    current_ = -1;
    const int cores = topology.machine.count(Kind::core);
    setMaximumHeight(cores <= kFewCores ? kFewHeight : cores <= kSomeCores ? kSomeHeight : QWIDGETSIZE_MAX);
    setAccessibleDescription(topologySummary(topology));
    layOut();
}

QString TopologyView::currentText() const {
    return current_ >= 0 && current_ < static_cast<int>(boxes_.size())
               ? boxes_[static_cast<std::size_t>(current_)].text
               : QString();
}

void TopologyView::layOut() {
    boxes_.clear();
    if (topology_)
        boxes_ = layOutTopology(*topology_, QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin));
    if (current_ >= static_cast<int>(boxes_.size()))
        current_ = -1;
    update();
}

int TopologyView::boxAt(const QPointF& at) const {
    for (int i = static_cast<int>(boxes_.size()) - 1; i >= 0; --i)
        if (boxes_[static_cast<std::size_t>(i)].place.contains(at))
            return i;
    return -1;
}

void TopologyView::setCurrent(int box) {
    if (boxes_.empty())
        return;
    current_ = std::clamp(box, -1, static_cast<int>(boxes_.size()) - 1);
    if (topology_)
        setAccessibleDescription(current_ >= 0 ? currentText() : topologySummary(*topology_));
    emit currentChanged(currentText());
    update();
}

bool TopologyView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int box = boxAt(help->pos());
    if (box < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainTip(boxes_[static_cast<std::size_t>(box)].text), this,
                           boxes_[static_cast<std::size_t>(box)].place.toAlignedRect());
    return true;
}

void TopologyView::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.bodyFont(kTextPixels));
    const int kinds = topology_ ? topology_->coreKinds : 1;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
        const auto& box = boxes_[i];
        const bool isCurrent = static_cast<int>(i) == current_ && hasFocus();
        painter.setBrush(fillOf(box, kinds));
        painter.setPen(isCurrent ? QPen(tokens.accent, 2) : QPen(tokens.line, 1));
        painter.drawRoundedRect(box.place.adjusted(0.5, 0.5, -0.5, -0.5), radiusOf(box), radiusOf(box));
        if (box.label.isEmpty())
            continue;
        const bool isThread = box.kind == Kind::thread;
        painter.setPen(isThread || box.kind == Kind::cache ? tokens.mute : tokens.text);
        const QRectF inside = box.place.adjusted(isThread ? 0 : 6, isThread ? 0 : 3, isThread ? 0 : -6, 0);
        painter.drawText(
            inside, isThread ? Qt::AlignCenter : Qt::AlignLeft | Qt::AlignTop,
            painter.fontMetrics().elidedText(box.label, Qt::ElideRight, static_cast<int>(inside.width())));
    }
    if (hasFocus() && current_ < 0) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(tokens.accent, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), kRadius, kRadius);
    }
}

void TopologyView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void TopologyView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Down:
            return setCurrent(current_ + 1);
        case Qt::Key_Left:
        case Qt::Key_Up:
            return setCurrent(std::max(0, current_ - 1));
        case Qt::Key_Home:
            return setCurrent(0);
        case Qt::Key_End:
            return setCurrent(static_cast<int>(boxes_.size()) - 1);
        default:
            QWidget::keyPressEvent(event);
    }
}

void TopologyView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void TopologyView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    setCurrent(-1);
}

void TopologyView::mousePressEvent(QMouseEvent* event) {
    setCurrent(boxAt(event->position()));
}

}  // namespace ui
