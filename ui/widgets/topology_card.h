#pragma once

#include "ui/widgets/card.h"
#include "ui/widgets/topology_view.h"

namespace ui {

class ElidedLabel;

/// The picture of the CPU with its summary, and the part that is chosen in words.
class TopologyCard : public Card {
    Q_OBJECT

public:
    explicit TopologyCard(QWidget* parent = nullptr);
    void show(const engine::CpuTopology& topology);
    void showProblem(const QString& message);
    void focusContent() { view_->setFocus(Qt::OtherFocusReason); }

private:
    TopologyView* view_;
    ElidedLabel* summary_;
    QString whole_;
};

}  // namespace ui
