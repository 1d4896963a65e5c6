#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/report/report.h"

namespace engine {

/// A report as readers see it, before Markdown or HTML: what is said is decided once, how it looks by each
/// writer.
struct ReportHeading {
    int level = 1;
    std::string text;
    bool folded = false;  ///< what follows, up to the next heading, opens on a click
};
struct ReportText {
    std::string text;
};
struct ReportCode {
    std::string text;
};
struct ReportTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    bool numbersRight = true;  ///< all columns but the first are numbers
};
/// One bar per lane with its 95 % interval.
struct ReportPlot {
    struct Bar {
        std::string label;
        double value = 0.0;
        std::optional<Interval> interval;
        bool estimated = false;  ///< drawn hatched
        std::string text;        ///< the value with its unit
    };
    std::string title;
    std::string note;  ///< "lower is better"
    std::vector<Bar> bars;
};
/// A picture of the prompt: shown small where the format can, named with size and digest everywhere.
struct ReportPicture {
    PictureRow row;
    std::string caption;
};
using ReportBlock =
    std::variant<ReportHeading, ReportText, ReportCode, ReportTable, ReportPlot, ReportPicture>;

std::vector<ReportBlock> makeDocument(const std::vector<RunReport>& runs);

/// The command that runs the same again, as far as one line can hold it.
std::string repeatCommand(const RunReport& report);

}  // namespace engine
