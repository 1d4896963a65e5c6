#include "engine/report/writers.h"

#include <cstdio>
#include <fstream>

namespace engine {

std::span<const ReportWriter> reportWriters() {
    static constexpr ReportWriter kWriters[] = {{"html", "Web page with plots, in one file", writeHtml},
                                                {"md", "Markdown", writeMarkdown},
                                                {"csv", "Raw samples for a spreadsheet", writeCsv},
                                                {"json", "Everything, for programs", writeJson}};
    return kWriters;
}

Result<void> writeReport(const std::vector<RunReport>& runs, const std::filesystem::path& file) {
    const auto extension = file.extension().string();
    const ReportWriter* writer = nullptr;
    std::string known;
    for (const auto& candidate : reportWriters()) {
        if (extension == "." + std::string(candidate.format))
            writer = &candidate;
        known += (known.empty() ? "." : ", .") + std::string(candidate.format);
    }
    if (writer == nullptr)
        return Error{ErrorCode::unsupported, "report " + file.string() + ": the extension '" + extension +
                                                 "' names no report format; use " + known};
    const auto part = std::filesystem::path(file.string() + ".part");
    {
        std::ofstream out(part, std::ios::binary | std::ios::trunc);
        out << writer->write(runs);
        out.close();
        if (!out) {
            std::remove(part.c_str());
            return Error{ErrorCode::io,
                         "report " + file.string() +
                             " cannot be written; check the folder, its permissions and free space"};
        }
    }
    std::error_code error;
    std::filesystem::rename(part, file, error);
    if (error) {
        std::remove(part.c_str());
        return Error{ErrorCode::io, "report " + file.string() + " cannot be replaced: " + error.message()};
    }
    return {};
}

}  // namespace engine
