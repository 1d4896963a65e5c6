#include <algorithm>
#include <set>

#include "engine/conversation/conversation_formats.h"
#include "engine/report/metric_catalog.h"
#include "engine/report/report_document.h"
#include "engine/report/writers.h"

namespace engine {
namespace {

constexpr const char* kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Anven Workbench report</title>
<style>
:root { --page: #f6f7f9; --card: #ffffff; --text: #1b2028; --muted: #5c6675; --line: #dde1e7; --bar: #3563d8; --error: #1b2028; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171c; --card: #1c2027; --text: #e6e9ee; --muted: #98a2b1; --line: #323842; --bar: #6d93f2; --error: #e6e9ee; }
}
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; margin: 0 0 24px; } h2 { font-size: 20px; margin: 40px 0 12px; } h3 { font-size: 15px; margin: 28px 0 8px; }
p { color: var(--muted); margin: 8px 0; }
details { margin: 16px 0; } summary { cursor: pointer; font-weight: 600; padding: 6px 0; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { padding: 6px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 3em; }
tr:last-child td { border-bottom: 0; }
th { color: var(--muted); font-weight: 500; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow-x: auto; white-space: pre-wrap;
      font: 13px/1.5 "JetBrains Mono", ui-monospace, monospace; max-height: 420px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 16px; margin: 16px 0; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px; }
figcaption { font-weight: 600; } figcaption span { color: var(--muted); font-weight: 400; margin-left: 8px; font-size: 13px; }
figure.picture { max-width: 320px; margin: 12px 0; } figure.picture figcaption { font-weight: 400; font-size: 13px; overflow-wrap: anywhere; }
figure.picture img { display: block; max-width: 100%; max-height: 240px; margin-bottom: 8px; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--text); font: 12px Inter, system-ui, sans-serif; }
</style>
</head>
<body>
<main>
)html";

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                // Control characters are not allowed in HTML.
                result += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return result;
}

/// JSON in which nothing can look like an element: "<" occurs in strings alone.
std::string withoutTags(const std::string& json) {
    std::string result;
    for (const char c : json)
        result += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return result;
}

/// What fits beside a bar, never half a UTF-8 character.
std::string shortened(const std::string& label) {
    std::size_t size = std::min<std::size_t>(label.size(), 40);
    while (size > 0 && size < label.size() && (static_cast<unsigned char>(label[size]) & 0xc0) == 0x80)
        --size;
    return label.substr(0, size);
}

/// Horizontal bars with whiskers for the interval; the number stands behind its bar.
std::string svgOf(const ReportPlot& plot) {
    constexpr double kLabel = 150.0;
    constexpr double kBars = 210.0;
    constexpr double kRow = 30.0;
    double largest = 0.0;
    for (const auto& bar : plot.bars)
        largest = std::max({largest, bar.value, bar.interval ? bar.interval->high : 0.0});
    if (largest <= 0.0)
        largest = 1.0;
    const auto number = [](double value) { return formatFixed(value, 1); };
    std::string svg = "<svg viewBox=\"0 0 480 " + number(kRow * static_cast<double>(plot.bars.size()) + 8.0) +
                      "\" role=\"img\">\n";
    svg +=
        "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\">"
        "<rect width=\"3\" height=\"6\" fill=\"var(--bar)\"/></pattern></defs>\n";
    double y = 4.0;
    for (const auto& bar : plot.bars) {
        const double width = std::max(1.0, bar.value / largest * kBars);
        svg += "<text x=\"" + number(kLabel - 8.0) + "\" y=\"" + number(y + 18.0) +
               "\" text-anchor=\"end\">" + escaped(shortened(bar.label)) + "</text>\n";
        svg += "<rect x=\"" + number(kLabel) + "\" y=\"" + number(y + 5.0) + "\" width=\"" + number(width) +
               "\" height=\"" + number(kRow - 12.0) + "\" rx=\"3\" fill=\"" +
               (bar.estimated ? "url(#hatch)" : "var(--bar)") + "\"/>\n";
        double end = kLabel + width;
        if (bar.interval) {
            const double low = kLabel + bar.interval->low / largest * kBars;
            const double high = kLabel + bar.interval->high / largest * kBars;
            const double middle = y + 5.0 + (kRow - 12.0) / 2.0;
            svg += "<path d=\"M" + number(low) + " " + number(middle) + "H" + number(high) + "M" +
                   number(low) + " " + number(middle - 4.0) + "v8M" + number(high) + " " +
                   number(middle - 4.0) +
                   "v8\" stroke=\"var(--error)\" stroke-width=\"1.5\" fill=\"none\"/>\n";
            end = std::max(end, high);
        }
        svg += "<text x=\"" + number(end + 8.0) + "\" y=\"" + number(y + 18.0) + "\">" + escaped(bar.text) +
               (bar.estimated ? " (estimated)" : "") + "</text>\n";
        y += kRow;
    }
    return svg + "</svg>";
}

/// Whether the page holds the picture itself: of the kinds that browsers show, and not so large that nobody
/// could send the report.
bool isEmbedded(const PictureRow& picture) {
    constexpr std::int64_t kMostBytes = std::int64_t{8} << 20;
    static const std::set<std::string, std::less<>> kShown{"image/png", "image/jpeg", "image/gif",
                                                           "image/bmp", "image/webp"};
    return kShown.contains(picture.mediaType) && picture.bytes() <= kMostBytes;
}

struct Writer {
    std::string out = kHead;
    bool inPlots = false;
    bool inFold = false;

    void operator()(const ReportHeading& block) {
        endPlots();
        endFold();
        if (block.folded) {
            out += "<details>\n<summary>" + escaped(block.text) + "</summary>\n";
            inFold = true;
            return;
        }
        const auto tag = "h" + std::to_string(block.level);
        out += "<" + tag + ">" + escaped(block.text) + "</" + tag + ">\n";
    }
    void operator()(const ReportText& block) {
        endPlots();
        out += "<p>" + escaped(block.text) + "</p>\n";
    }
    void operator()(const ReportCode& block) {
        endPlots();
        out += "<pre>" + escaped(block.text) + "</pre>\n";
    }
    void operator()(const ReportTable& block) {
        endPlots();
        out += "<div class=\"scroll\"><table>\n<thead>";
        row(block.columns, "th", block.numbersRight);
        out += "</thead>\n<tbody>";
        for (const auto& cells : block.rows)
            row(cells, "td", block.numbersRight);
        out += "</tbody>\n</table></div>\n";
    }
    void operator()(const ReportPlot& block) {
        if (!inPlots)
            out += "<div class=\"plots\">\n";
        inPlots = true;
        out += "<figure><figcaption>" + escaped(block.title) + "<span>" + escaped(block.note) +
               "</span></figcaption>\n" + svgOf(block) + "</figure>\n";
    }
    void operator()(const ReportPicture& block) {
        endPlots();
        out += "<figure class=\"picture\">";
        if (isEmbedded(block.row))
            out += "<img src=\"" + escaped(dataAddress(block.row)) + "\" alt=\"" + escaped(block.row.name) +
                   "\">";
        out += "<figcaption>" + escaped(block.caption) + "</figcaption></figure>\n";
    }
    void endPlots() {
        if (inPlots)
            out += "</div>\n";
        inPlots = false;
    }

    void endFold() {
        if (inFold)
            out += "</details>\n";
        inFold = false;
    }

private:
    void row(const std::vector<std::string>& cells, const char* tag, bool numbersRight) {
        out += "<tr>";
        for (std::size_t i = 0; i < cells.size(); ++i)
            out += std::string("<") + tag + (numbersRight && i > 2 ? " class=\"number\">" : ">") +
                   escaped(cells[i]) + "</" + tag + ">";
        out += "</tr>\n";
    }
};

}  // namespace

std::string writeHtml(const std::vector<RunReport>& runs) {
    Writer writer;
    for (const auto& block : makeDocument(runs))
        std::visit(writer, block);
    writer.endPlots();
    writer.endFold();
    return writer.out + "</main>\n" + std::string(kHtmlDataOpen) + withoutTags(writeJson(runs)) +
           "</script>\n</body>\n</html>\n";
}

}  // namespace engine
