// Round to nearest: every group by itself.
#include "engine/quantize/quantizer.h"

namespace engine {

Result<GroupCodes> quantizeRtn(const LinearTask& task, const MethodOptions& options, ThreadTeam& team) {
    GroupCodes out(task.rows, task.cols, groupSizeOf(task));
    const auto rounding = roundingOf(task, options);
    const auto cols = static_cast<std::size_t>(task.cols);
    team.run([&](const TeamMember& member) {
        const auto [begin, end] = member.share(task.rows);
        for (std::int64_t row = begin; row < end; ++row)
            roundRow(task.weight.subspan(static_cast<std::size_t>(row) * cols, cols), {}, rounding, row, out);
    });
    return out;
}

}  // namespace engine
