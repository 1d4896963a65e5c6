// What a variant file must not contain, so that tst_weak_symbols can tell that it would notice: an inline
// function that stays a function of its own.
namespace architecture {

template <class T>
[[gnu::noinline]] inline T larger(T a, T b) {
    return a < b ? b : a;
}

int sample(int a, int b) {
    return larger(a, b);
}

}  // namespace architecture
