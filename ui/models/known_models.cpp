#include "ui/models/known_models.h"

#include <utility>

namespace ui {
namespace {

QStringList& list() {
    static QStringList paths;
    return paths;
}

}  // namespace

QStringList knownModels() {
    return list();
}

void setKnownModels(QStringList paths) {
    list() = std::move(paths);
}

}  // namespace ui
