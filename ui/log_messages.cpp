#include "ui/log_messages.h"

#include <QtGlobal>

#include "engine/base/message_log.h"
#include "engine/base/resources.h"

namespace ui {
namespace {

QtMessageHandler earlier = nullptr;

void keep(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    const auto level = type == QtWarningMsg                          ? engine::LogLevel::warning
                       : type == QtCriticalMsg || type == QtFatalMsg ? engine::LogLevel::error
                                                                     : engine::LogLevel::info;
    if (type != QtDebugMsg)
        engine::messageLog().add(level, text.toStdString());
    if (earlier != nullptr)
        earlier(type, context, text);
}

}  // namespace

void keepMessages() {
    auto& log = engine::messageLog();
    if (const auto written = log.writeTo(engine::userDataPath("anven.log")); !written)
        log.add(engine::LogLevel::warning, written.error().message);
    earlier = qInstallMessageHandler(keep);
}

}  // namespace ui
