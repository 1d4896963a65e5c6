# Builds for AArch64 Linux with Debian's g++-aarch64-linux-gnu and runs what is built under qemu. Linked statically, so that
# no other system's libraries are needed to run it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -cpu max)
set(ANVEN_VERIFIED_VARIANTS neon neon_dotprod neon_i8mm) # all that qemu's largest CPU must run
