#pragma once

#include "ui/widgets/empty_state.h"

namespace ui {

/// What a new chat offers: questions to begin with, and the way to a model.
class ChatStart : public EmptyState {
    Q_OBJECT

public:
    explicit ChatStart(QWidget* parent = nullptr);

signals:
    void promptChosen(QString prompt);
    void modelWanted();
};

}  // namespace ui
