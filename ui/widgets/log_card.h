#pragma once

#include "ui/widgets/card.h"

class QLabel;
class QPlainTextEdit;

namespace ui {

/// The program's messages, the newest last, and what a report of a fault needs.
class LogCard : public Card {
    Q_OBJECT

public:
    explicit LogCard(QWidget* parent = nullptr);
    /// Reads the program's log again.
    void refresh();

signals:
    void diagnosticsWanted();

private:
    void save();

    QPlainTextEdit* view_;
    QLabel* message_;
};

}  // namespace ui
