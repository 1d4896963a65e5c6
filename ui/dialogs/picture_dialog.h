#pragma once

#include <QDialog>

#include "ui/workers/picture_reader.h"

class QLabel;

namespace ui {

/// A picture as large as the window takes it, with what is known of it; it can be saved as it came.
class PictureDialog : public QDialog {
    Q_OBJECT

public:
    explicit PictureDialog(const engine::PictureRow& row, QWidget* parent = nullptr);

private:
    void save();

    engine::PictureRow row_;
    PictureReader reader_;
    QLabel* view_;
    QLabel* facts_;
};

}  // namespace ui
