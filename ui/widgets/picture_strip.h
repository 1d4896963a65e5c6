#pragma once

#include <QVector>
#include <QWidget>
#include <functional>
#include <optional>

#include "engine/model/vision_config.h"

class QGridLayout;
class QMimeData;

namespace ui {

class PictureChip;
class PictureTray;
class PromptEdit;

/// The pictures that go with a prompt, as chips in rows; hidden without any. Shared by the pages that send
/// prompts.
class PictureStrip : public QWidget {
    Q_OBJECT

public:
    explicit PictureStrip(PictureTray& tray, QWidget* parent = nullptr);

    /// How the model that will read the prompt sees; nothing where none is known to.
    void setVision(const std::optional<engine::VisionConfig>& vision);
    /// What is pasted into `prompt` or dropped on it or on `page` goes to the tray.
    void takeFrom(PromptEdit* prompt, QWidget* page);
    /// Lets the person choose files.
    void choose();

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void rebuild();
    void arrange();
    void open(int place);
    void remove(int place);

    PictureTray& tray_;
    std::optional<engine::VisionConfig> vision_;
    QGridLayout* grid_;
    QVector<PictureChip*> chips_;
    int columns_ = 0;
};

/// The local picture files of a paste or a drop.
QStringList pictureFilesOf(const QMimeData& data);

}  // namespace ui
