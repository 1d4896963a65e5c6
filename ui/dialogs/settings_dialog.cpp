#include "ui/dialogs/settings_dialog.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/workbench.h"

namespace ui {
namespace {

constexpr int kContextStep = 1024;
constexpr int kFieldWidth = 240;

QLabel* makeNote(const QString& text) {
    auto* note = new QLabel(text);
    note->setWordWrap(true);
    setStyleProperty(note, "tone", "small");
    return note;
}

}  // namespace

SettingsDialog::SettingsDialog(Workbench& workbench, QWidget* parent)
    : QDialog(parent), workbench_(workbench), languageNote_(makeNote(tr("In use from the next start on"))) {
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    resize(560, 430);
    languageNote_->setObjectName(QStringLiteral("languageNote"));
    languageNote_->setVisible(false);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(20);
    form->setVerticalSpacing(10);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const auto add = [form](const QString& label, QWidget* field) { form->addRow(new QLabel(label), field); };
    add(tr("Theme"), buildTheme());
    add(tr("Language"), buildLanguage());
    form->addRow(nullptr, languageNote_);
    add(tr("Threads"), buildThreads());
    form->addRow(nullptr, makeNote(tr("Of chats and comparisons, from the next time a model is loaded on; "
                                      "benchmarks follow their profile")));
    add(tr("Context"), buildContext());
    form->addRow(nullptr,
                 makeNote(tr("Tokens; a larger one takes more memory. A chat keeps its own where it was "
                             "made larger")));
    auto* place = new ElidedLabel(workbench.database());
    place->setObjectName(QStringLiteral("settingsDatabase"));
    place->setTextInteractionFlags(Qt::TextSelectableByMouse);
    add(tr("Database"), place);
    form->addRow(nullptr, makeNote(tr("Another one: start with --database FILE")));
    auto* close = makeButton(tr("Close"), QStringLiteral("settingsClose"), {});
    auto* line = new QHBoxLayout;
    line->addStretch(1);
    line->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(12);
    column->addLayout(form);
    column->addStretch(1);
    column->addLayout(line);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

QWidget* SettingsDialog::buildTheme() {
    auto* box = new QComboBox;
    box->setObjectName(QStringLiteral("settingsTheme"));
    box->setAccessibleName(tr("Theme"));
    box->setFixedWidth(kFieldWidth);
    box->addItem(tr("as the desktop"), static_cast<int>(ThemeMode::system));
    box->addItem(tr("light"), static_cast<int>(ThemeMode::light));
    box->addItem(tr("dark"), static_cast<int>(ThemeMode::dark));
    box->setCurrentIndex(box->findData(static_cast<int>(workbench_.settings().theme)));
    connect(box, &QComboBox::currentIndexChanged, this, [this, box] {
        const auto mode = static_cast<ThemeMode>(box->currentData().toInt());
        Theme::instance().apply(mode);
        workbench_.setTheme(mode);
        emit workbench_.settingsWorthKeeping();
    });
    return box;
}

QWidget* SettingsDialog::buildLanguage() {
    auto* box = new QComboBox;
    box->setObjectName(QStringLiteral("settingsLanguage"));
    box->setAccessibleName(tr("Language"));
    box->setFixedWidth(kFieldWidth);
    box->addItem(tr("as the system"), QString());
    box->addItem(QStringLiteral("English"), QStringLiteral("en"));
    box->addItem(QStringLiteral("Deutsch"), QStringLiteral("de"));
    box->setCurrentIndex(std::max(0, box->findData(workbench_.settings().language)));
    connect(box, &QComboBox::currentIndexChanged, this, [this, box] {
        workbench_.setLanguage(box->currentData().toString());
        languageNote_->show();
        emit workbench_.settingsWorthKeeping();
    });
    return box;
}

QWidget* SettingsDialog::buildThreads() {
    auto* box = new QSpinBox;
    box->setObjectName(QStringLiteral("settingsThreads"));
    box->setAccessibleName(tr("Threads"));
    box->setFixedWidth(kFieldWidth);
    box->setRange(0, kMostThreads);
    box->setSpecialValueText(tr("one per fast core"));
    box->setValue(workbench_.settings().loadDefaults.threads);
    connect(box, &QSpinBox::valueChanged, this, [this](int threads) {
        auto load = workbench_.settings().loadDefaults;
        load.threads = threads;
        workbench_.setLoadDefaults(load);
        emit workbench_.settingsWorthKeeping();
    });
    return box;
}

QWidget* SettingsDialog::buildContext() {
    auto* box = new QSpinBox;
    box->setObjectName(QStringLiteral("settingsContext"));
    box->setAccessibleName(tr("Context"));
    box->setFixedWidth(kFieldWidth);
    box->setRange(0, kMostContext);
    box->setSingleStep(kContextStep);
    box->setSpecialValueText(tr("the model's own"));
    box->setValue(workbench_.settings().loadDefaults.context);
    connect(box, &QSpinBox::valueChanged, this, [this](int context) {
        auto load = workbench_.settings().loadDefaults;
        load.context = context;
        workbench_.setLoadDefaults(load);
        emit workbench_.settingsWorthKeeping();
    });
    return box;
}

}  // namespace ui
