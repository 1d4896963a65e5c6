// Streams an answer through the chat's controller and database worker until it is killed. Prints how many
// characters of it are committed, a line after each write. Argument: the database file.
#include <unistd.h>

#include <QCoreApplication>
#include <cstdio>

#include "ui/controllers/chat_controller.h"
#include "ui/workers/database_worker.h"

int main(int argc, char** argv) {
    if (argc != 2)
        return 2;
    QCoreApplication application(argc, argv);
    ui::DatabaseWorker worker;
    worker.open(QString::fromLocal8Bit(argv[1]));
    ui::ChatController chat({}, {});
    // One thread: a signal returns when its row is committed.
    QObject::connect(&chat, &ui::ChatController::saveConversationRequested, &worker,
                     &ui::DatabaseWorker::saveConversation);
    QObject::connect(&chat, &ui::ChatController::saveMessageRequested, &worker,
                     &ui::DatabaseWorker::saveMessage);
    QObject::connect(&chat, &ui::ChatController::saveLeafRequested, &worker, &ui::DatabaseWorker::saveLeaf);
    QObject::connect(&worker, &ui::DatabaseWorker::failed, [](const engine::Error& error) {
        std::fprintf(stderr, "%s\n", error.message.c_str());
        ::_exit(3);
    });
    QObject::connect(&chat, &ui::ChatController::saveMessageRequested, &chat,
                     [](quint64, quint64, quint64, const engine::MessageRow& row) {
                         if (row.role != engine::Role::assistant)
                             return;
                         std::printf("%zu\n", row.content.size());
                         std::fflush(stdout);
                     });
    quint64 run = 0;
    QObject::connect(&chat, &ui::ChatController::runRequested, &chat, [&run](quint64 id) { run = id; });
    chat.setDraft(QStringLiteral("Count."));
    chat.send();
    QTimer tick;
    int number = 0;
    QObject::connect(&tick, &QTimer::timeout, &chat,
                     [&] { chat.onProgressed(run, QStringLiteral("%1 ").arg(number++)); });
    tick.start(1);
    return QCoreApplication::exec();
}
