#pragma once

#include <QRectF>
#include <QString>
#include <vector>

#include "engine/system/cpu_topology.h"

namespace ui {

/// A part of the machine where it is drawn.
struct TopologyBox {
    QRectF place;
    engine::TopologyPart::Kind kind = engine::TopologyPart::Kind::machine;
    QString label;  ///< short; empty where nothing fits
    QString text;   ///< everything, in words
    int coreKind = -1;
    bool usable = true;
};

/// Packages, caches, cores and hardware threads inside `area`, outer ones before those inside them. Boxes
/// never leave the box they belong to, and neighbours never overlap. A core's own caches are told with the
/// core.
std::vector<TopologyBox> layOutTopology(const engine::CpuTopology& topology, const QRectF& area);

/// "2 packages, 8 cores (4 fast, 4 efficient), 12 hardware threads, …", for those who cannot see the picture.
QString topologySummary(const engine::CpuTopology& topology);
/// "performance" or "efficient" core, as a word; empty where all are alike.
QString coreKindName(int kind, int kinds);

}  // namespace ui
