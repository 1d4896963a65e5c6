#include "ui/dialogs/diagnostics_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

#include "ui/theme.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {

DiagnosticsDialog::DiagnosticsDialog(QWidget* parent)
    : QDialog(parent),
      text_(new QPlainTextEdit),
      homePaths_(new QCheckBox(tr("with the paths of files in my home folder"))),
      message_(new QLabel),
      save_(makeButton(tr("Save…"), QStringLiteral("diagnosticsSave"),
                       tr("Writes exactly this text to a file"))),
      copy_(makeButton(tr("Copy"), QStringLiteral("diagnosticsCopy"), tr("Copies exactly this text"))) {
    setObjectName(QStringLiteral("diagnosticsDialog"));
    setWindowTitle(tr("Diagnostics"));
    resize(760, 560);
    auto* intro =
        new QLabel(tr("This is everything that would be saved: machine, kernels, settings and messages. "
                      "No prompts, no chats, nothing is sent anywhere."));
    intro->setWordWrap(true);
    text_->setObjectName(QStringLiteral("diagnosticsText"));
    text_->setAccessibleName(tr("Diagnostics"));
    text_->setReadOnly(true);
    text_->setTabChangesFocus(true);
    text_->setProperty("framed", true);
    text_->setFont(Theme::instance().codeFont(11));
    text_->setPlaceholderText(tr("Collecting…"));
    homePaths_->setObjectName(QStringLiteral("diagnosticsHomePaths"));
    message_->setObjectName(QStringLiteral("diagnosticsMessage"));
    message_->setTextFormat(Qt::PlainText);
    message_->setWordWrap(true);
    message_->hide();
    save_->setProperty("kind", "primary");
    auto* close = makeButton(tr("Close"), QStringLiteral("diagnosticsClose"), {});
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(homePaths_);
    line->addStretch(1);
    line->addWidget(close);
    line->addWidget(copy_);
    line->addWidget(save_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(intro);
    column->addWidget(text_, 1);
    column->addWidget(message_);
    column->addLayout(line);
    save_->setEnabled(false);
    copy_->setEnabled(false);
    connect(homePaths_, &QCheckBox::toggled, this, &DiagnosticsDialog::collectWanted);
    connect(save_, &QPushButton::clicked, this, &DiagnosticsDialog::save);
    connect(copy_, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(text_->toPlainText()); });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
}

void DiagnosticsDialog::showText(const QString& text) {
    text_->setPlainText(text);
    save_->setEnabled(true);
    copy_->setEnabled(true);
}

void DiagnosticsDialog::save() {
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the diagnostics"),
                                                      QStringLiteral("anven-diagnostics.json"));
    if (file.isEmpty())
        return;
    QSaveFile out(file);
    const QByteArray text = text_->toPlainText().toUtf8();
    const bool written = out.open(QIODevice::WriteOnly) && out.write(text) == text.size() && out.commit();
    message_->setText(written ? tr("Saved to %1").arg(file)
                              : tr("%1 cannot be written: %2").arg(file, out.errorString()));
    setStyleProperty(message_, "tone", written ? "mute" : "warning");
    message_->show();
}

}  // namespace ui
