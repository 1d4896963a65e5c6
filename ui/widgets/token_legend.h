#pragma once

#include <QWidget>

namespace ui {

/// What the marks of the token view mean.
class TokenLegend : public QWidget {
    Q_OBJECT

public:
    explicit TokenLegend(QWidget* parent = nullptr);
};

/// What the marks of the word difference mean.
class DiffLegend : public QWidget {
    Q_OBJECT

public:
    explicit DiffLegend(QWidget* parent = nullptr);
};

}  // namespace ui
