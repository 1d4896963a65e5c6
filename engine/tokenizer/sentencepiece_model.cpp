#include "engine/tokenizer/sentencepiece_model.h"

#include <cmath>
#include <cstring>
#include <optional>

namespace engine {
namespace {

constexpr std::size_t kMaxPieces = std::size_t{1} << 22;
constexpr std::size_t kMaxPieceBytes = std::size_t{64} << 10;
constexpr std::uint64_t kBpe = 2;

/// One field of a protobuf message.
struct Field {
    std::uint64_t number = 0;
    std::uint64_t integer = 0;  // varint or fixed bits
    std::string_view bytes;     // length-delimited
    unsigned wire = 0;
};

/// Reads protobuf wire format without trusting lengths.
class WireReader {
public:
    explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

    bool done() const { return at_ >= bytes_.size(); }
    std::size_t position() const { return at_; }

    std::optional<Field> next() {
        const auto tag = varint();
        if (!tag || (*tag >> 3) == 0)
            return std::nullopt;
        Field field;
        field.number = *tag >> 3;
        field.wire = static_cast<unsigned>(*tag & 7);
        switch (field.wire) {
            case 0: {
                const auto value = varint();
                if (!value)
                    return std::nullopt;
                field.integer = *value;
                return field;
            }
            case 1:
                return fixed(field, 8);
            case 5:
                return fixed(field, 4);
            case 2: {
                const auto length = varint();
                if (!length || *length > bytes_.size() - at_)
                    return std::nullopt;
                field.bytes = bytes_.substr(at_, static_cast<std::size_t>(*length));
                at_ += static_cast<std::size_t>(*length);
                return field;
            }
            default:
                return std::nullopt;
        }
    }

private:
    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
            value |= std::uint64_t{byte & 0x7fU} << shift;
            if ((byte & 0x80U) == 0)
                return value;
        }
        return std::nullopt;
    }
    std::optional<Field> fixed(Field field, std::size_t size) {
        if (bytes_.size() - at_ < size)
            return std::nullopt;
        std::memcpy(&field.integer, bytes_.data() + at_, size);
        at_ += size;
        return field;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

Error corrupt(const std::string& what) {
    return {ErrorCode::corrupt, "tokenizer: the SentencePiece model " + what};
}

std::optional<Piece> readPiece(std::string_view bytes) {
    WireReader reader(bytes);
    Piece piece;
    while (!reader.done()) {
        const auto field = reader.next();
        if (!field)
            return std::nullopt;
        if (field->number == 1 && field->wire == 2)
            piece.text = std::string(field->bytes);
        else if (field->number == 2 && field->wire == 5) {
            const auto bits = static_cast<std::uint32_t>(field->integer);
            std::memcpy(&piece.score, &bits, sizeof bits);
        } else if (field->number == 3 && field->wire == 0) {
            if (field->integer < 1 || field->integer > 6)
                return std::nullopt;
            piece.type = static_cast<PieceType>(field->integer);
        }
    }
    return piece.text.size() <= kMaxPieceBytes ? std::optional(piece) : std::nullopt;
}

/// Calls `use` for every varint field of a message. False for damage.
template <class Use>
bool forEachInteger(std::string_view bytes, const Use& use) {
    WireReader reader(bytes);
    while (!reader.done()) {
        const auto field = reader.next();
        if (!field)
            return false;
        if (field->wire == 0)
            use(field->number, field->integer);
    }
    return true;
}

Result<void> checkModel(const SentencePieceModel& model) {
    const auto size = static_cast<std::int64_t>(model.pieces.size());
    if (size == 0)
        return corrupt("has no pieces");
    for (const auto& piece : model.pieces)
        if (!std::isfinite(piece.score))
            return corrupt("has a piece whose score is not a number");
    for (const auto id : {model.unknown, model.begin, model.end})
        if (id < -1 || id >= size)
            return corrupt("names the special piece " + std::to_string(id) + " of " + std::to_string(size));
    return {};
}

}  // namespace

Result<SentencePieceModel> readSentencePiece(std::string_view file) {
    SentencePieceModel model;
    model.removeExtraSpaces = true;  // proto default
    std::uint64_t modelType = 1;     // proto default: unigram
    WireReader reader(file);
    while (!reader.done()) {
        const auto offset = reader.position();
        const auto field = reader.next();
        if (!field)
            return corrupt("is damaged at offset " + std::to_string(offset));
        bool ok = true;
        if (field->number == 1 && field->wire == 2) {
            auto piece = readPiece(field->bytes);
            ok = piece.has_value() && model.pieces.size() < kMaxPieces;
            if (ok)
                model.pieces.push_back(std::move(*piece));
        } else if (field->number == 2 && field->wire == 2) {
            ok = forEachInteger(field->bytes, [&](std::uint64_t number, std::uint64_t value) {
                if (number == 3)
                    modelType = value;
                else if (number == 40)
                    model.unknown = static_cast<std::int32_t>(value);
                else if (number == 41)
                    model.begin = static_cast<std::int32_t>(value);
                else if (number == 42)
                    model.end = static_cast<std::int32_t>(value);
            });
        } else if (field->number == 3 && field->wire == 2) {
            ok = forEachInteger(field->bytes, [&](std::uint64_t number, std::uint64_t value) {
                if (number == 3)
                    model.addDummyPrefix = value != 0;
                else if (number == 4)
                    model.removeExtraSpaces = value != 0;
            });
        }
        if (!ok)
            return corrupt("is damaged at offset " + std::to_string(offset));
    }
    if (auto ok = checkModel(model); !ok)
        return ok.error();
    if (modelType != kBpe)
        return Error{ErrorCode::unsupported, "tokenizer: the SentencePiece model is not of type BPE"};
    return model;
}

Result<SentencePieceModel> readGgufSentencePiece(const GgufMetadata& metadata) {
    const auto* tokens = metadata.texts("tokenizer.ggml.tokens");
    const auto* scores = metadata.numbers("tokenizer.ggml.scores");
    const auto* types = metadata.integers("tokenizer.ggml.token_type");
    if (tokens == nullptr)
        return Error{ErrorCode::notFound, "tokenizer: the GGUF file has no tokens"};
    if (tokens->size() > kMaxPieces || (scores != nullptr && scores->size() != tokens->size()) ||
        (types != nullptr && types->size() != tokens->size()))
        return corrupt("in the GGUF file is too large, or its scores or types do not fit it");
    SentencePieceModel model;
    for (std::size_t i = 0; i < tokens->size(); ++i) {
        Piece piece{(*tokens)[i], scores != nullptr ? static_cast<float>((*scores)[i]) : 0.0F,
                    PieceType::normal};
        if (types != nullptr) {
            if ((*types)[i] < 1 || (*types)[i] > 6)
                return corrupt("in the GGUF file has a piece of unknown type");
            piece.type = static_cast<PieceType>((*types)[i]);
        }
        if (piece.text.size() > kMaxPieceBytes)
            return corrupt("in the GGUF file has a piece longer than 64 KiB");
        model.pieces.push_back(std::move(piece));
    }
    const auto id = [&](const char* key, std::int32_t fallback) {
        const auto value = metadata.integer(key);
        return value && *value >= 0 && *value < INT32_MAX ? static_cast<std::int32_t>(*value) : fallback;
    };
    model.begin = id("tokenizer.ggml.bos_token_id", 1);
    model.end = id("tokenizer.ggml.eos_token_id", 2);
    model.unknown = id("tokenizer.ggml.unknown_token_id", 0);
    model.addBegin = metadata.flag("tokenizer.ggml.add_bos_token").value_or(true);
    model.addDummyPrefix = metadata.flag("tokenizer.ggml.add_space_prefix").value_or(true);
    model.removeExtraSpaces = metadata.flag("tokenizer.ggml.remove_extra_whitespaces").value_or(false);
    if (auto ok = checkModel(model); !ok)
        return ok.error();
    return model;
}

}  // namespace engine
