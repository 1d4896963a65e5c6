#pragma once

#include <QWidget>

namespace ui {

/// What a place says while it holds nothing: what it is for and what to do next.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    EmptyState(const QString& title, const QString& text, QWidget* parent = nullptr);
    /// Adds a button below the text; the caller connects it.
    void addWidget(QWidget* widget);
};

}  // namespace ui
