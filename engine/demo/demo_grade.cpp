#include "engine/demo/demo_grade.h"

#include "engine/generate/generator.h"
#include "engine/train/verifiable_task.h"

namespace engine::demo {
bool holdsKeys(std::string_view answer, const std::vector<std::string>& keys) {
    return train::holdsWords(answer, keys);
}

Result<DemoGrade> gradeDemo(const LoadRequest& request, const PhraseGrammar& grammar, std::uint64_t seed,
                            std::int64_t talks, const std::function<void(std::int64_t)>& progress,
                            std::stop_token stop) {
    auto model = LocalModel::load(request, {}, stop);
    if (!model)
        return model.error();
    if ((*model)->generator() == nullptr)
        return *(*model)->tokenizerError();
    DemoGrade grade;
    for (std::int64_t i = 0; i < talks; ++i) {
        const auto talk = makeTalk(grammar, seed, i, 1000);
        for (std::size_t t = 0; t < talk.tasks.size(); ++t) {
            if (talk.keys[t].empty())
                continue;
            GenerationRequest asked;
            asked.messages.assign(talk.messages.begin(),
                                  talk.messages.begin() + static_cast<std::ptrdiff_t>(2 * t + 1));
            asked.style = PromptStyle::dialog;
            asked.sampling.temperature = 0.0F;
            asked.maxTokens = 160;
            auto answer = (*model)->generator()->run(asked, {}, stop);
            if (!answer && answer.error().code == ErrorCode::contextOverflow)
                break;  // nor do the questions behind it fit
            if (!answer)
                return answer.error();
            auto& task = grade.tasks[talk.tasks[t]];
            ++task.asked;
            if (holdsKeys(answer->text, talk.keys[t]))
                ++task.right;
            else
                grade.mistakes.push_back(
                    {talk.messages[2 * t].content, commaList(talk.keys[t]), answer->text});
        }
        if (progress)
            progress(i + 1);
    }
    return grade;
}

}  // namespace engine::demo
