#include "ui/dialogs/profile_dialog.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

#include "ui/controllers/benchmark_controller.h"
#include "ui/theme.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {

ProfileDialog::ProfileDialog(BenchmarkController& controller, QWidget* parent)
    : QDialog(parent),
      controller_(controller),
      file_(QString::fromStdString(controller.profile().id) + QStringLiteral(".yaml")),
      text_(new QPlainTextEdit(controller.profileText())),
      state_(new QLabel),
      use_(makeButton(tr("Use"), QStringLiteral("profileUseButton"), tr("Measures by this text"))),
      save_(makeButton(tr("Save as…"), QStringLiteral("profileSaveButton"),
                       tr("Writes the profile to a file, also for anven bench FILE.yaml"))) {
    setObjectName(QStringLiteral("profileDialog"));
    setWindowTitle(tr("Benchmark profile · %1").arg(QString::fromStdString(controller.profile().name)));
    resize(760, 520);
    auto* help = new QLabel(
        tr("Every model × kernels × threads × KV scheme is a lane; every prompt and answer length at every "
           "depth a test. A changed profile is no longer marked as unmodified."));
    help->setWordWrap(true);
    setStyleProperty(help, "tone", "small");
    text_->setObjectName(QStringLiteral("profileText"));
    text_->setAccessibleName(tr("Profile as YAML"));
    text_->setProperty("framed", true);
    text_->setFont(Theme::instance().codeFont());
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    state_->setObjectName(QStringLiteral("profileState"));
    state_->setTextFormat(Qt::PlainText);
    state_->setWordWrap(true);
    use_->setProperty("kind", "primary");
    auto* cancel = makeButton(tr("Cancel"), QStringLiteral("profileCancelButton"), {});
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(save_);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(use_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addWidget(help);
    column->addWidget(text_, 1);
    column->addWidget(state_);
    column->addLayout(buttons);
    connect(text_, &QPlainTextEdit::textChanged, this, &ProfileDialog::check);
    connect(use_, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(save_, &QPushButton::clicked, this, &ProfileDialog::saveAs);
    check();
}

QString ProfileDialog::text() const {
    return text_->toPlainText();
}

void ProfileDialog::check() {
    const QString problem = BenchmarkController::problemOf(text(), file_);
    state_->setText(problem.isEmpty() ? tr("The profile is valid") : problem);
    setStyleProperty(state_, "tone", problem.isEmpty() ? "small" : "warning");
    use_->setEnabled(problem.isEmpty());
    save_->setEnabled(problem.isEmpty());
}

void ProfileDialog::saveAs() {
    const QString name =
        QFileDialog::getSaveFileName(this, tr("Save profile"), file_, tr("Profiles (*.yaml)"));
    if (name.isEmpty())
        return;
    QSaveFile target(name);
    const auto bytes = text().toUtf8();
    if (target.open(QIODevice::WriteOnly) && target.write(bytes) == bytes.size() && target.commit()) {
        file_ = name;
        state_->setText(tr("Wrote %1").arg(name));
        setStyleProperty(state_, "tone", "small");
    } else {
        state_->setText(tr("Cannot write %1: %2").arg(name, target.errorString()));
        setStyleProperty(state_, "tone", "warning");
    }
}

}  // namespace ui
