#pragma once

#include <QImage>
#include <QPlainTextEdit>

namespace ui {

/// A text field that grows from one line to a few. Enter submits, Shift+Enter makes a new line.
class PromptEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit PromptEdit(QWidget* parent = nullptr);
    void setMostLines(int lines);

signals:
    void submitted();
    /// Pictures were pasted or dropped, as pixels or as files.
    void pictureGiven(QImage picture);
    void pictureFilesGiven(QStringList files);

protected:
    bool canInsertFromMimeData(const QMimeData* data) const override;
    void insertFromMimeData(const QMimeData* data) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void fitHeight();

    int mostLines_ = 4;
};

}  // namespace ui
