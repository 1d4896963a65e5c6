#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>
#include <memory>
#include <vector>

#include "engine/compare/comparison_history.h"
#include "engine/compare/comparison_store.h"
#include "engine/report/report.h"
#include "engine/store/store.h"

namespace ui {

/// The one place that writes to the database, on its own thread. Calls arrive as queued slots, in order.
///
/// Rows that are new have no id yet when the window first saves them, so the window names them with keys of
/// its own: a row with id 0 is added the first time its key is seen and updated from then on.
class DatabaseWorker : public QObject {
    Q_OBJECT

public:
    ~DatabaseWorker() override;

public slots:
    void open(QString file);

    void comparisonBegan(quint64 runId, engine::ComparisonRequest request);
    void comparisonLaneLoaded(quint64 runId, int lane, engine::LoadedModel model);
    void comparisonLaneFinished(quint64 runId, int lane, engine::LaneResult result);
    void comparisonAgreement(quint64 runId, int lane, engine::Agreement agreement);
    void comparisonTokens(quint64 runId, int lane, engine::AnswerTokens tokens);
    void comparisonFinished(quint64 runId, bool cancelled);
    void comparisonFailed(quint64 runId, engine::Error error);

    /// `lane`: position of the best one, for verdict "lane".
    void voteOnComparison(qint64 id, int lane, QString verdict, bool blind);
    void readComparisons();
    void readComparison(qint64 id);

    void saveConversation(quint64 key, engine::ConversationRow row);
    /// `parentKey` names the parent where row.parentId does not.
    void saveMessage(quint64 key, quint64 parentKey, quint64 conversationKey, engine::MessageRow row);
    /// The branch to show again; `messageId` where it is known, else its key.
    void saveLeaf(quint64 conversationKey, quint64 messageKey, qint64 messageId);
    void renameConversation(qint64 id, QString title);
    void setConversationTags(qint64 id, QStringList tags);
    void searchMessages(QString text);
    void exportConversation(qint64 id, QString file);
    void deleteConversation(qint64 id);
    void deleteRun(qint64 id);
    void setRunNote(qint64 id, QString note);
    void setRunTags(qint64 id, QStringList tags);
    void pinBaseline(qint64 id);  ///< 0: none
    void importRuns(std::vector<engine::RunReport> runs);
    void readConversations();
    void readMessages(qint64 conversationId);

signals:
    void opened(QString file);
    void failed(engine::Error error);
    void runChanged(quint64 runId, qint64 storedId, bool complete);
    void runDeleted(qint64 id);
    void runEdited(qint64 id);
    void baselinePinned(qint64 id);
    void imported(QVector<qint64> added, int alreadyThere);
    void comparisonsRead(engine::ComparisonHistory history);
    void comparisonRead(engine::StoredComparison comparison);
    void conversationSaved(quint64 key, qint64 id);
    void conversationsRead(std::vector<engine::ConversationRow> rows);
    void messagesFound(QString text, std::vector<engine::MessageHit> hits);
    void conversationExported(QString file);
    void conversationNotExported(engine::Error error);
    void messagesRead(qint64 conversationId, std::vector<engine::MessageRow> rows);

private:
    struct Recording {
        engine::ComparisonRequest request;
        engine::ComparisonRecorder recorder;
        qint64 storedId = 0;
    };
    /// Reports a failure; true when there was none.
    bool check(const engine::Result<void>& result);
    void endComparison(quint64 runId, const char* status);

    std::unique_ptr<engine::Store> store_;
    QHash<quint64, std::shared_ptr<Recording>> recordings_;
    QHash<quint64, qint64> conversationIds_;
    QHash<quint64, qint64> messageIds_;
};

}  // namespace ui
