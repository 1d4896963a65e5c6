#include "ui/widgets/log_card.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollBar>
#include <QVBoxLayout>

#include "engine/base/message_log.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {

LogCard::LogCard(QWidget* parent) : Card(parent), view_(new QPlainTextEdit), message_(new QLabel) {
    setObjectName(QStringLiteral("logCard"));
    auto* title = new QLabel(tr("Messages"));
    setStyleProperty(title, "tone", "heading");
    const QString kept = QString::fromStdString(engine::messageLog().file().string());
    auto* place = new ElidedLabel(kept.isEmpty() ? tr("kept until the program ends") : kept);
    place->setObjectName(QStringLiteral("logPlace"));
    setStyleProperty(place, "tone", "small");
    auto* refresh =
        makeButton(tr("Refresh"), QStringLiteral("logRefreshButton"), tr("Shows the newest messages"));
    auto* save =
        makeButton(tr("Save…"), QStringLiteral("logSaveButton"), tr("Writes these messages to a file"));
    save->setAccessibleName(tr("Save the messages"));
    auto* diagnostics = makeButton(tr("Diagnostics…"), QStringLiteral("diagnosticsButton"),
                                   tr("What a report of a fault needs, to read before it is saved"));
    view_->setObjectName(QStringLiteral("logView"));
    view_->setAccessibleName(tr("Messages of the program"));
    view_->setReadOnly(true);
    view_->setTabChangesFocus(true);
    view_->setProperty("framed", true);
    view_->setFont(Theme::instance().codeFont(11));
    view_->setPlaceholderText(tr("Nothing was reported yet."));
    message_->setObjectName(QStringLiteral("logMessage"));
    message_->setTextFormat(Qt::PlainText);
    message_->setWordWrap(true);
    message_->hide();
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title);
    head->addSpacing(4);
    head->addWidget(place, 1);
    head->addWidget(refresh);
    head->addWidget(save);
    head->addWidget(diagnostics);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(message_);
    column->addWidget(view_, 1);
    connect(refresh, &QPushButton::clicked, this, &LogCard::refresh);
    connect(save, &QPushButton::clicked, this, &LogCard::save);
    connect(diagnostics, &QPushButton::clicked, this, &LogCard::diagnosticsWanted);
    this->refresh();
}

void LogCard::refresh() {
    QStringList lines;
    for (const auto& line : engine::messageLog().lines())
        lines << QString::fromStdString(engine::logText(line));
    view_->setPlainText(lines.join(QLatin1Char('\n')));
    view_->verticalScrollBar()->setValue(view_->verticalScrollBar()->maximum());
}

void LogCard::save() {
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Save the messages"), QStringLiteral("anven.log"));
    if (file.isEmpty())
        return;
    QSaveFile out(file);
    const QByteArray text = view_->toPlainText().toUtf8() + '\n';
    const bool written = out.open(QIODevice::WriteOnly) && out.write(text) == text.size() && out.commit();
    message_->setText(written ? tr("Saved to %1").arg(file)
                              : tr("%1 cannot be written: %2").arg(file, out.errorString()));
    setStyleProperty(message_, "tone", written ? "mute" : "warning");
    message_->show();
}

}  // namespace ui
