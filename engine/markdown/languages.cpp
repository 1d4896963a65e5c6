#include "engine/markdown/languages.h"

#include <algorithm>
#include <string>

namespace engine {
namespace {

constexpr Language kLanguages[] = {
    {" c c++ cpp cc cxx h hpp cuda ",
     " alignas alignof auto bool break case catch char class co_await co_return co_yield concept const "
     "consteval constexpr constinit continue decltype default delete do double else enum explicit export "
     "extern false final float for friend goto if inline int long mutable namespace new noexcept nullptr "
     "operator override private protected public register requires return short signed sizeof static "
     "static_assert struct switch template this thread_local throw true try typedef typename union unsigned "
     "using virtual void volatile while ",
     "//", "", "/*", "*/", "\"'"},
    {" python py python3 ",
     " False None True and as assert async await break class continue def del elif else except finally for "
     "from global if import in is lambda match nonlocal not or pass raise return self try while with yield ",
     "#", "", "", "", "\"'", true},
    {" javascript js jsx typescript ts tsx node ",
     " abstract any as async await boolean break case catch class const continue debugger default delete do "
     "else enum export extends false finally for from function if implements import in instanceof interface "
     "let new null number of private protected public readonly return static string super switch this throw "
     "true try type typeof undefined var void while yield ",
     "//", "", "/*", "*/", "\"'`", false, true},
    {" rust rs ",
     " as async await bool break const continue crate dyn else enum extern f32 f64 false fn for i16 i32 i64 "
     "i8 if impl in isize let loop match mod move mut pub ref return self Self static str String struct "
     "super "
     "trait true type u16 u32 u64 u8 unsafe use usize where while ",
     "//", "", "/*", "*/", "\""},
    {" java kotlin kt csharp cs go golang swift scala ",
     " abstract as async await bool boolean break byte case catch chan char class const continue data "
     "default "
     "defer delegate do double else enum extends false final finally float for func fun go goto guard if "
     "implements import in instanceof int interface internal let long map match namespace new nil null "
     "object "
     "out override package private protected public range readonly return select short static string struct "
     "super switch this throw throws true try type using val var void when while yield ",
     "//", "", "/*", "*/", "\"'`", false, true},
    {" sql sqlite postgresql mysql ",
     " all alter and as asc begin between by case cast check column commit constraint create cross current "
     "default delete desc distinct drop else end exists foreign from full group having if in index inner "
     "insert integer into is join key left like limit not null offset on or order outer over partition "
     "primary real references right rollback select set table text then trigger union unique update using "
     "values view when where with ",
     "--", "", "/*", "*/", "'\"", false, false, true, false},
    {" bash sh shell zsh console ",
     " case cd do done echo elif else esac exit export fi for function if in local read return set shift "
     "source sudo then unset until while ",
     "#", "", "", "", "\"'"},
    {" json jsonc json5 ", " false null true ", "//", "", "/*", "*/", "\""},
    {" yaml yml toml ini cmake dockerfile make makefile ", " false no null true yes on off ", "#", "", "", "",
     "\"'"},
};

}  // namespace

const Language* languageOf(std::string_view name) {
    std::string wanted = " ";
    for (const char c : name.substr(0, 32))
        wanted += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    wanted += ' ';
    if (wanted.size() <= 2 || wanted.find(' ', 1) != wanted.size() - 1)
        return nullptr;
    for (const auto& language : kLanguages)
        if (language.names.find(wanted) != std::string_view::npos)
            return &language;
    return nullptr;
}

}  // namespace engine
