#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace ui {

/// A line above a field: what is the matter, and the choices. Hidden until show().
class NoticeBar : public QFrame {
    Q_OBJECT

public:
    explicit NoticeBar(const QString& objectName, QWidget* parent = nullptr);
    void setText(const QString& text);
    QString text() const;
    QPushButton* addChoice(const QString& text, const QString& objectName, const QString& tip = {});

private:
    QHBoxLayout* choices_;
    QLabel* text_;
};

}  // namespace ui
