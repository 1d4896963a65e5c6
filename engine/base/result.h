#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace engine {

/// Why something failed; decides the caller's reaction (exit code, dialog, retry), never the wording.
enum class ErrorCode {
    invalidInput,     ///< what the person or a file asked for makes no sense
    corrupt,          ///< a file breaks its format
    unsupported,      ///< valid, but not something this program does
    notFound,         ///< a file, tensor, table row … that should exist
    io,               ///< the operating system refused
    outOfMemory,      ///< would not fit; refused before allocating
    contextOverflow,  ///< more tokens than the context holds
    cancelled,        ///< stopped on request
    unavailable,      ///< this machine does not offer it (a meter, a CPU feature)
    internal,         ///< a library failed in a way that it should not
};

/// One clear sentence: what, where, what to do.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;

    /// The same error with `context` before the message ("tokenizer: …").
    [[nodiscard]] Error in(std::string_view context) const {
        return {code, std::string(context) + ": " + message};
    }
    bool operator==(const Error&) const = default;
};

/// A value or an Error. Member names follow std::expected, so that C++23 can replace it.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    Result(ErrorCode code, std::string message) : Result(Error{code, std::move(message)}) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & { return get(); }
    const T& value() const& { return get(); }
    T&& value() && { return std::move(get()); }
    T& operator*() & { return get(); }
    const T& operator*() const& { return get(); }
    T&& operator*() && { return std::move(get()); }
    T* operator->() { return &get(); }
    const T* operator->() const { return &get(); }

    [[nodiscard]] const Error& error() const {
        assert(!has_value());
        return *std::get_if<1>(&state_);
    }
    template <class U>
    T value_or(U&& fallback) const& {
        return has_value() ? get() : static_cast<T>(std::forward<U>(fallback));
    }

private:
    T& get() {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    const T& get() const {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    std::variant<T, Error> state_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}
    Result(ErrorCode code, std::string message) : error_(Error{code, std::move(message)}) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] const Error& error() const {
        assert(error_);
        return *error_;
    }

private:
    std::optional<Error> error_;
};

}  // namespace engine
