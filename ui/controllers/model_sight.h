#pragma once

#include <QHash>
#include <QObject>
#include <QThreadPool>
#include <optional>

#include "engine/model/vision_config.h"

namespace ui {

/// Which models see pictures, so that it can be said before one is loaded: the configuration beside its
/// weights is read on a thread of its own, once for each path.
class ModelSight : public QObject {
    Q_OBJECT

public:
    enum class Sight { unknown, blind, sees };

    explicit ModelSight(QObject* parent = nullptr);
    ~ModelSight() override;

    /// Unknown until the files are read (changed() follows), and where they do not open: loading says why.
    Sight of(const QString& model);
    /// Whether of() has an answer, which may be that the files do not open.
    bool isRead(const QString& model) const { return known_.value(model).read; }
    /// How a model sees; nothing unless of() says that it does.
    std::optional<engine::VisionConfig> vision(const QString& model) const;

signals:
    void changed();

private:
    struct Known {
        bool read = false;
        Sight sight = Sight::unknown;
        std::optional<engine::VisionConfig> vision;
    };

    QHash<QString, Known> known_;
    QThreadPool pool_;
};

}  // namespace ui
