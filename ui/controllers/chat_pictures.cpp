// Pictures of the chat page: what is attached, whether the model sees it, and the small views of what was
// sent.
#include <set>

#include "engine/prompt/tool_definitions.h"
#include "ui/controllers/chat_controller.h"
#include "ui/models/model_names.h"

namespace ui {

std::optional<engine::VisionConfig> ChatController::vision() const {
    return loaded_ ? loaded_->config.vision : sight_.vision(model_.model);
}

bool ChatController::isBlind() const {
    return loaded_ ? !loaded_->config.vision : sight_.of(model_.model) == ModelSight::Sight::blind;
}

QString ChatController::whyNoPictures() const {
    return tray_.isEmpty() && !sendsPictures() ? QString() : whyNotSeen();
}

QString ChatController::whyNotSeen() const {
    if (isBlind())
        return tr("%1 is a text model and cannot see pictures.").arg(modelTitle(model_.model));
    if (const auto tools = engine::toolDefinitions(settings_.tools); tools && !tools->empty())
        return tr(
            "The family's models do not use functions and pictures together: remove the one or the other.");
    return {};
}

bool ChatController::sendsPictures() const {
    return picturesBefore(isEditing() ? editedRow_ : messages_.count());
}

bool ChatController::picturesBefore(int end) const {
    for (int row = firstSentRow(); row < end; ++row)
        if (!messages_.message(row).row.pictures.empty())
            return true;
    return false;
}

QString ChatController::titleOf(const QString& text, const QVector<Picture>& pictures) {
    return text.isEmpty() && !pictures.isEmpty() ? QString::fromStdString(pictures.front().row.name) : text;
}

void ChatController::onTrayChanged() {
    draftChanged_ = true;
    if (!saveTimer_.isActive())
        saveTimer_.start();
    emit picturesChanged();
    emit stateChanged();
}

void ChatController::readPreviews(const std::vector<engine::MessageRow>& rows) {
    std::set<std::string> asked;
    for (const auto& row : rows)
        for (const auto& picture : row.pictures)
            if (row.status != "draft" && asked.insert(picture.sha256).second)
                previewed_.insert(previews_.view(picture, {kPreview, kPreview}), picture.sha256);
}

}  // namespace ui
