#pragma once

#include "ui/controllers/models_controller.h"
#include "ui/widgets/card.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace ui {

class ElidedLabel;
class ModelOverview;
class SizeTreemap;
class TensorPanel;
class VariantQuality;

/// The chosen model: what it is, its tensors, where its bytes are, its licence; and what can be done with it.
class ModelDetails : public Card {
    Q_OBJECT

public:
    explicit ModelDetails(ModelsController& controller, QWidget* parent = nullptr);
    /// Shows a row of the list; -1 shows that none is chosen.
    void show(int row);
    TensorPanel* tensors() { return tensors_; }

signals:
    void loadWanted(QString path);
    void compareWanted(QString path);
    void benchmarkWanted(QString path);
    void quantizeWanted(QString path);
    void finetuneWanted(QString path);

private:
    QWidget* buildHead();
    QWidget* buildTabs();
    void addTab(const QString& text, const QString& objectName, QWidget* page);
    void openTab(int tab);
    void updateActions(const ModelRow* row);
    void showQuality();
    void openFolder() const;

    ModelsController& controller_;
    int row_ = -1;
    ElidedLabel* title_ = nullptr;
    ElidedLabel* path_ = nullptr;
    QPushButton* load_ = nullptr;
    QPushButton* compare_ = nullptr;
    QPushButton* benchmark_ = nullptr;
    QPushButton* finetune_ = nullptr;
    QPushButton* quantize_ = nullptr;
    QPushButton* verify_ = nullptr;
    QPushButton* folder_ = nullptr;
    QPushButton* remove_ = nullptr;
    QVector<QPushButton*> tabs_;
    QStackedWidget* pages_ = nullptr;
    ModelOverview* overview_ = nullptr;
    TensorPanel* tensors_ = nullptr;
    SizeTreemap* map_ = nullptr;
    VariantQuality* quality_ = nullptr;
    QPlainTextEdit* licence_ = nullptr;
};

}  // namespace ui
