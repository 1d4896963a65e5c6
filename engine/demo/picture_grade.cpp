#include "engine/demo/picture_grade.h"

#include "engine/demo/picture_tasks.h"
#include "engine/generate/generator.h"

namespace engine::demo {
namespace {

constexpr std::int64_t kAnswerTokens = 150;

GenerationRequest asking(const PictureLesson& lesson, const PictureQuestion& question) {
    GenerationRequest asked;
    asked.messages = {{Role::user, question.turn.question, {lesson.picture}}};
    asked.style = PromptStyle::dialog;
    asked.sampling.temperature = 0.0F;
    asked.maxTokens = kAnswerTokens;
    return asked;
}

}  // namespace

Result<DemoGrade> gradePictures(const LoadRequest& request, const PhraseGrammar& phrases, std::uint64_t seed,
                                std::int64_t pictures, std::size_t questions,
                                const std::function<void(std::int64_t)>& progress, std::stop_token stop) {
    auto model = LocalModel::load(request, {}, stop);
    if (!model)
        return model.error();
    if ((*model)->generator() == nullptr)
        return *(*model)->tokenizerError();
    DemoGrade grade;
    for (std::int64_t i = 0; i < pictures; ++i) {
        auto lesson = makePicture(phrases, seed, i, questions);
        lesson.questions.push_back(lesson.details);
        for (const auto& question : lesson.questions) {
            const auto answer = (*model)->generator()->run(asking(lesson, question), {}, stop);
            if (!answer)
                return answer.error();
            auto& task = grade.tasks[question.kind];
            ++task.asked;
            if (holdsKeys(answer->text, question.turn.keys))
                ++task.right;
            else
                grade.mistakes.push_back(
                    {question.turn.question, commaList(question.turn.keys), answer->text});
        }
        if (progress)
            progress(i + 1);
    }
    return grade;
}

}  // namespace engine::demo
