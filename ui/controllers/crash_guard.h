#pragma once

#include <QMap>
#include <QString>
#include <QStringList>

namespace ui {

/// Counts how often in a row a model took its process, or the whole window, with it. Kept in the settings: a
/// model that is in use is noted before it loads, so that a note found at the next start is a crash too.
class CrashGuard {
public:
    /// From so many crashes in a row on a model is not loaded unless a person asks for it.
    static constexpr int kMostCrashes = 2;

    void began(const QString& model);
    void ended(const QString& model);      ///< well: the count begins anew
    void abandoned(const QString& model);  ///< neither well nor badly: stopped, or an error with a reason
    void crashed(const QString& model);
    /// A person says that it may be tried again.
    void forgive(const QString& model) { crashes_.remove(model); }
    /// What was in use when the program ended is counted as crashed; call once, at the start.
    void programStarted();
    /// The program ends as it should: nothing is in use any more.
    void programEnds() { inUse_.clear(); }

    int crashes(const QString& model) const { return crashes_.value(model); }
    bool mayLoadByItself(const QString& model) const { return crashes(model) < kMostCrashes; }

    /// For the settings: JSON text. Text that makes no sense gives a guard that knows nothing.
    QString toText() const;
    static CrashGuard fromText(const QString& text);
    bool operator==(const CrashGuard&) const = default;

private:
    QMap<QString, int> crashes_;
    QStringList inUse_;  // once per use
};

}  // namespace ui
