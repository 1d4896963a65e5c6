#pragma once

#include <QWidget>

#include "ui/controllers/models_controller.h"

class QComboBox;
class QLabel;
class QSplitter;
class QTableView;

namespace ui {

class ElidedLabel;
class ModelDetails;

/// The models that the program knows: added, judged before they are loaded, verified, taken apart.
class ModelsPage : public QWidget {
    Q_OBJECT

public:
    explicit ModelsPage(ModelsController& controller, QWidget* parent = nullptr);
    void focusList();
    void focusSearch();
    void showMessage(const QString& text, bool warning);

signals:
    void loadWanted(QString path);
    void compareWanted(QString path);
    void benchmarkWanted(QString path);
    void quantizeWanted(QString path);
    void finetuneWanted(QString path);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildHeader();
    QWidget* buildConditions();
    QWidget* buildList();
    void chooseFolder();
    void chooseFiles();
    int currentRow() const;
    void showDropHint(bool on);

    ModelsController& controller_;
    QLabel* count_ = nullptr;
    ElidedLabel* message_ = nullptr;
    QComboBox* context_ = nullptr;
    QComboBox* kv_ = nullptr;
    QTableView* view_ = nullptr;
    QLabel* hint_ = nullptr;
    ModelDetails* details_ = nullptr;
};

}  // namespace ui
