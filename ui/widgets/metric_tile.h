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

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Writes number and unit as large as the tile's width allows.
    void fitValue();

    QString number_;
    QString unit_;
    QLabel* value_;
    ElidedLabel* words_;
};

}  // namespace ui
