#include "ui/widgets/topology_layout.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/report/metric_catalog.h"

namespace ui {
namespace {

using Kind = engine::TopologyPart::Kind;
using Part = engine::TopologyPart;

constexpr double kGap = 6.0;
constexpr double kHead = 20.0;  // a package's title
constexpr double kCacheHead = 18.0;
constexpr double kWidestCore = 260.0;
constexpr double kTallestCore = 110.0;
constexpr double kCoreAspect = 1.7;  // a core's width by its height, where there is room
constexpr double kLabelHeight = 14.0;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(ui::TopologyView)
};

QString bytes(std::int64_t count) {
    return QString::fromStdString(engine::formatMetric("peak_rss_bytes", static_cast<double>(count)));
}

QString memoryText(const Part& part) {
    QStringList nodes;
    for (const auto& node : part.memory)
        nodes << Texts::tr("NUMA node %1, %2").arg(node.number).arg(bytes(node.bytes));
    return nodes.join(QStringLiteral(" · "));
}

/// A cache that one core has for itself is part of how that core is drawn.
const Part* onlyCore(const Part& part) {
    const Part* at = &part;
    while (at->kind == Kind::cache && at->parts.size() == 1)
        at = &at->parts.front();
    return at->kind == Kind::core ? at : nullptr;
}

class Layout {
public:
    explicit Layout(const engine::CpuTopology& topology) : topology_(topology) {}

    void place(const Part& part, const QRectF& area) {
        if (const auto* core = onlyCore(part); core != nullptr)
            placeCore(part, *core, area);
        else if (part.kind == Kind::machine)
            placeGrid(part.parts, area);
        else if (part.kind == Kind::package)
            placeFrame(part, Texts::tr("Package %1").arg(part.number), kHead, area);
        else if (part.kind == Kind::cache)
            placeFrame(part, Texts::tr("L%1 cache, %2").arg(part.cacheLevel).arg(bytes(part.bytes)),
                       kCacheHead, area);
        else
            placeThread(part, area);
    }

    std::vector<TopologyBox> take() { return std::move(boxes_); }

private:
    void placeFrame(const Part& part, const QString& name, double head, const QRectF& area) {
        QString text = name;
        if (const auto memory = memoryText(part); !memory.isEmpty())
            text += QStringLiteral(" · ") + memory;
        TopologyBox box{area, part.kind, text, text, -1, true};
        boxes_.push_back(std::move(box));
        placeGrid(part.parts, area.adjusted(kGap, std::min(head + 2, area.height() / 3), -kGap, -kGap));
    }

    void placeCore(const Part& outer, const Part& core, const QRectF& area) {
        QStringList caches;
        for (const Part* at = &outer; at->kind == Kind::cache; at = &at->parts.front())
            caches << Texts::tr("L%1 %2").arg(at->cacheLevel).arg(bytes(at->bytes));
        const QString kind = coreKindName(core.coreKind, topology_.coreKinds);
        QStringList threads;
        for (const auto& thread : core.parts)
            threads << QString::number(thread.number);
        QStringList words{kind.isEmpty() ? Texts::tr("Core %1").arg(core.number)
                                         : Texts::tr("Core %1, %2").arg(core.number).arg(kind)};
        words << caches << Texts::tr("hardware threads %1").arg(threads.join(QStringLiteral(", ")));
        if (const auto memory = memoryText(core); !memory.isEmpty())
            words << memory;
        const QString label = area.width() >= 92 && area.height() >= 52
                                  ? Texts::tr("Core %1").arg(core.number)
                                  : QString::number(core.number);
        TopologyBox box{area, Kind::core, label, words.join(QStringLiteral(" · ")), core.coreKind, true};
        if (area.width() < 16 || area.height() < 2 * kLabelHeight)
            box.label.clear();
        const double head = box.label.isEmpty() ? 0.0 : kLabelHeight + 2;
        boxes_.push_back(std::move(box));
        const double inset = std::min({3.0, area.width() / 8, area.height() / 8});
        QRectF inside = area.adjusted(inset, inset + head, -inset, -inset);
        const auto count = static_cast<double>(std::max<std::size_t>(core.parts.size(), 1));
        const double width = inside.width() / count;
        for (std::size_t i = 0; i < core.parts.size(); ++i)
            placeThread(core.parts[i], QRectF(inside.left() + width * static_cast<double>(i), inside.top(),
                                              width, inside.height())
                                           .adjusted(width / 20, 0, -width / 20, 0));
    }

    void placeThread(const Part& thread, const QRectF& area) {
        QString text = Texts::tr("Hardware thread %1").arg(thread.number);
        if (!thread.usable)
            text += QStringLiteral(" · ") + Texts::tr("not for this program");
        const bool hasRoom = area.width() >= 18 && area.height() >= kLabelHeight;
        boxes_.push_back({area, Kind::thread, hasRoom ? QString::number(thread.number) : QString(), text, -1,
                          thread.usable});
    }

    /// The number of columns that gives cells nearest to a core's shape.
    static int columnsFor(const std::vector<Part>& parts, const QRectF& area) {
        const int count = static_cast<int>(parts.size());
        int best = 1;
        double bestDistance = 1e9;
        for (int columns = 1; columns <= count; ++columns) {
            const int rows = (count + columns - 1) / columns;
            const double aspect = (area.width() / columns) / std::max(area.height() / rows, 1.0);
            const double unused = static_cast<double>(rows * columns - count) / count;
            const double distance = std::abs(std::log(aspect / kCoreAspect)) + unused;
            if (distance < bestDistance) {
                bestDistance = distance;
                best = columns;
            }
        }
        return best;
    }

    void placeGrid(const std::vector<Part>& parts, const QRectF& area) {
        if (parts.empty() || area.width() <= 1 || area.height() <= 1)
            return;
        const int columns = columnsFor(parts, area);
        const int rows = (static_cast<int>(parts.size()) + columns - 1) / columns;
        const bool areCores = std::all_of(parts.begin(), parts.end(),
                                          [](const Part& part) { return onlyCore(part) != nullptr; });
        const double gap = std::min({kGap, area.width() / (columns * 6.0), area.height() / (rows * 6.0)});
        double width = (area.width() - gap * (columns - 1)) / columns;
        double height = (area.height() - gap * (rows - 1)) / rows;
        if (areCores) {
            width = std::min(width, kWidestCore);
            height = std::min(height, kTallestCore);
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto column = static_cast<double>(i % static_cast<std::size_t>(columns));
            const auto row = static_cast<double>(i / static_cast<std::size_t>(columns));
            place(parts[i], QRectF(area.left() + column * (width + gap), area.top() + row * (height + gap),
                                   width, height));
        }
    }

    const engine::CpuTopology& topology_;
    std::vector<TopologyBox> boxes_;
};

void countKinds(const Part& part, std::map<int, int>& kinds) {
    if (part.kind == Kind::core)
        ++kinds[part.coreKind];
    for (const auto& inner : part.parts)
        countKinds(inner, kinds);
}

void countCaches(const Part& part, std::map<int, std::pair<int, std::int64_t>>& caches) {
    if (part.kind == Kind::cache) {
        ++caches[part.cacheLevel].first;
        caches[part.cacheLevel].second = part.bytes;
    }
    for (const auto& inner : part.parts)
        countCaches(inner, caches);
}

int nodesIn(const Part& part) {
    int count = static_cast<int>(part.memory.size());
    for (const auto& inner : part.parts)
        count += nodesIn(inner);
    return count;
}

}  // namespace

QString coreKindName(int kind, int kinds) {
    if (kind < 0 || kinds < 2)
        return {};
    if (kind == kinds - 1)
        return Texts::tr("performance");
    return kind == 0 ? Texts::tr("efficient") : Texts::tr("between");
}

std::vector<TopologyBox> layOutTopology(const engine::CpuTopology& topology, const QRectF& area) {
    Layout layout(topology);
    layout.place(topology.machine, area);
    return layout.take();
}

QString topologySummary(const engine::CpuTopology& topology) {
    const auto& machine = topology.machine;
    QStringList parts{Texts::tr("%n package(s)", nullptr, machine.count(Kind::package)),
                      Texts::tr("%n core(s)", nullptr, machine.count(Kind::core)),
                      Texts::tr("%n hardware thread(s)", nullptr, machine.count(Kind::thread))};
    if (topology.coreKinds > 1) {
        std::map<int, int> kinds;
        countKinds(machine, kinds);
        QStringList words;
        for (auto kind = kinds.rbegin(); kind != kinds.rend(); ++kind)
            words << QStringLiteral("%1 %2")
                         .arg(kind->second)
                         .arg(coreKindName(kind->first, topology.coreKinds));
        parts[1] += QStringLiteral(" (%1)").arg(words.join(QStringLiteral(", ")));
    }
    std::map<int, std::pair<int, std::int64_t>> caches;
    countCaches(machine, caches);
    for (const auto& [level, cache] : caches)
        parts << Texts::tr("L%1 %2 × %3").arg(level).arg(cache.first).arg(bytes(cache.second));
    parts << Texts::tr("%n NUMA node(s)", nullptr, nodesIn(machine));
    return parts.join(QStringLiteral(" · "));
}

}  // namespace ui
