#pragma once

#include <QFrame>
#include <optional>

#include "engine/model/vision_config.h"
#include "ui/controllers/picture_tray.h"

class QLabel;

namespace ui {

class ElidedLabel;
class IconButton;

/// One attached picture: a small view, its name, its size and what it costs. Enter or a click shows it
/// larger, Delete removes it.
class PictureChip : public QFrame {
    Q_OBJECT

public:
    static constexpr int kWidth = 236;  ///< pixels: "6,404 tokens" beside a size of four digits

    explicit PictureChip(int place, QWidget* parent = nullptr);
    /// `vision`: of the model that will see it; nothing where none is known.
    void show(const PictureTray::Item& item, const std::optional<engine::VisionConfig>& vision);

signals:
    void removed();
    void openWanted();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    QLabel* view_;
    ElidedLabel* name_;
    ElidedLabel* facts_;
    IconButton* remove_;
};

}  // namespace ui
