#pragma once

#include <QTextBrowser>

namespace ui {

/// Text that a model wrote: data, never a program. Loads nothing, opens no link, runs nothing; it can be
/// selected and copied.
class AnswerView : public QTextBrowser {
    Q_OBJECT

public:
    explicit AnswerView(QWidget* parent = nullptr);

    /// Shows plain text; where it only grew, the new part is appended and the scroll position kept at the
    /// end.
    void showText(const QString& text);
    /// Shows Markdown without HTML.
    void showMarkdown(const QString& text);
    /// Grows with its text instead of scrolling.
    void setGrows(bool grows);

protected:
    QVariant loadResource(int type, const QUrl& name) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHeight();

    QString shown_;
    bool grows_ = false;
};

}  // namespace ui
