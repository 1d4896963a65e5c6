#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/demo/talk_tasks.h"
#include "engine/train/picture_rows.h"

namespace engine::demo {

/// Edge of the pictures in pixels: one tile of the demo's encoder.
inline constexpr std::int64_t kPictureSize = 112;

/// A question about a picture, with its kind ("colour", "count", …) for marking answers.
struct PictureQuestion {
    std::string kind;
    Turn turn;
};

/// A picture that was drawn and what can be asked about it.
struct PictureLesson {
    std::shared_ptr<const RgbImage> picture;
    std::vector<PictureQuestion> questions;
    PictureQuestion details;  ///< asks for everything that the picture shows
};

/// Picture number `index` of this seed, with up to `questions` of its questions: coloured figures on a grid,
/// or a bar chart. The same everywhere, independent of the others.
PictureLesson makePicture(const PhraseGrammar& phrases, std::uint64_t seed, std::int64_t index,
                          std::size_t questions);

/// Pictures of a seed as training reads them, with four questions each and their details.
class PictureLessons : public train::PictureSource {
public:
    PictureLessons(PhraseGrammar phrases, std::uint64_t seed) : phrases_(std::move(phrases)), seed_(seed) {}
    train::PictureExample at(std::int64_t index) const override;
    std::string identity() const override;

private:
    PhraseGrammar phrases_;
    std::uint64_t seed_;
};

}  // namespace engine::demo
