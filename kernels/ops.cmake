# Every op with its variants, preferred first. A line here registers, compiles, dispatches, tests and benchmarks them.
