#include <cmath>

#include "engine/report/report_document.h"
#include "engine/report/writers.h"

namespace engine {
namespace {

/// Text from files and models must not become markup: HTML, links, emphasis, table cells.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n' || c == '\r') {
            result += ' ';
            continue;
        }
        if (c == '<') {
            result += "&lt;";
            continue;
        }
        if (c == '&') {
            result += "&amp;";
            continue;
        }
        if (std::string_view("\\`*_[]|~#>").find(c) != std::string_view::npos)
            result += '\\';
        result += c;
    }
    return result;
}

/// A fence longer than any run of backticks inside.
std::string fenced(const std::string& text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
    return fence + "\n" + text + "\n" + fence + "\n";
}

struct Writer {
    std::string out;
    bool inFold = false;

    void operator()(const ReportHeading& block) {
        endFold();
        if (block.folded) {
            out += "<details>\n<summary>" + escaped(block.text) + "</summary>\n\n";
            inFold = true;
            return;
        }
        out += std::string(static_cast<std::size_t>(block.level), '#') + " " + escaped(block.text) + "\n\n";
    }
    void operator()(const ReportText& block) { out += escaped(block.text) + "\n\n"; }
    void operator()(const ReportCode& block) { out += fenced(block.text) + "\n"; }
    void operator()(const ReportTable& block) {
        row(block.columns);
        out += "|";
        for (std::size_t i = 0; i < block.columns.size(); ++i)
            out += block.numbersRight && i > 0 ? " ---: |" : " --- |";
        out += "\n";
        for (const auto& cells : block.rows)
            row(cells);
        out += "\n";
    }
    void operator()(const ReportPicture& block) { out += "Picture " + escaped(block.caption) + "\n\n"; }
    /// Plots are pictures of numbers that the tables hold; a text file shows proportions.
    void operator()(const ReportPlot& block) {
        constexpr double kWidth = 40.0;
        double largest = 0.0;
        std::size_t widest = 0;
        for (const auto& bar : block.bars) {
            largest = std::max(largest, bar.value);
            widest = std::max(widest, bar.label.size());
        }
        std::string text = block.title + " (" + block.note + ")\n";
        for (const auto& bar : block.bars) {
            const auto length =
                largest > 0.0 ? static_cast<std::size_t>(std::lround(bar.value / largest * kWidth)) : 0;
            text += bar.label + std::string(widest - bar.label.size() + 1, ' ') +
                    std::string(length, bar.estimated ? '/' : '#') + " " + bar.text +
                    (bar.estimated ? " (estimated)" : "") + "\n";
        }
        text.pop_back();
        out += fenced(text) + "\n";
    }

    void endFold() {
        if (inFold)
            out += "</details>\n\n";
        inFold = false;
    }

private:
    void row(const std::vector<std::string>& cells) {
        out += "|";
        for (const auto& cell : cells)
            out += " " + escaped(cell) + " |";
        out += "\n";
    }
};

}  // namespace

std::string writeMarkdown(const std::vector<RunReport>& runs) {
    Writer writer;
    for (const auto& block : makeDocument(runs))
        std::visit(writer, block);
    writer.endFold();
    return std::move(writer.out);
}

}  // namespace engine
