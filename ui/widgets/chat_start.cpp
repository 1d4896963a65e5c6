#include "ui/widgets/chat_start.h"

#include <QPushButton>

#include "ui/widgets/page_parts.h"

namespace ui {
namespace {

constexpr int kButtonWidth = 320;

}  // namespace

ChatStart::ChatStart(QWidget* parent)
    : EmptyState(tr("A new chat"),
                 tr("Type below, or begin with one of these. Chat and draft are kept as they are\n"
                    "written, and the model can be changed between answers."),
                 parent) {
    // Short enough for the demo model, and things it has seen.
    const QString prompts[] = {tr("What is the opposite of up?"), tr("What is 13 plus 1?"),
                               tr("Tell me a short story about a cat.")};
    int number = 0;
    for (const auto& prompt : prompts) {
        auto* button = makeButton(prompt, QStringLiteral("starterPrompt%1").arg(++number),
                                  tr("Puts this into the message"));
        button->setFixedWidth(kButtonWidth);
        addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, prompt] { emit promptChosen(prompt); });
    }
    auto* load = makeButton(tr("Load a model…"), QStringLiteral("loadModelButton"),
                            tr("Chooses the model that answers; it is loaded with the first message"));
    load->setProperty("kind", "chosen");
    load->setFixedWidth(kButtonWidth);
    addWidget(load);
    connect(load, &QPushButton::clicked, this, &ChatStart::modelWanted);
}

}  // namespace ui
