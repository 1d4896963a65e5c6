#pragma once

#include <QFrame>
#include <QString>

#include "engine/report/difference.h"

class QLabel;

namespace ui {

class ElidedLabel;

/// One number: label above, value large with a small quiet unit, and what it means in words below.
class MetricTile : public QFrame {
    Q_OBJECT

public:
    MetricTile(const QString& label, const QString& objectName, QWidget* parent = nullptr);
    void setValue(const QString& value, const QString& unit, const QString& words, engine::Verdict verdict,
                  const QString& tip);
    void clear();
    QString valueText() const;
    QString wordsText() const;

private:
    QLabel* value_;
    ElidedLabel* words_;
};

}  // namespace ui
