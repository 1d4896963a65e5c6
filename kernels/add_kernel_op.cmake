# add_kernel_op(<op> VARIANTS <variant>... reference)
#
# Adds kernels/<op>/<op>.cpp and one file per variant with the flags of its instruction set, and writes the list
# generated/<op>_variants.inc (KERNEL_VARIANT(avx2) ...) that <op>.cpp includes. Variants of another processor family, and
# oneDNN where it was not found, are left out.
set(_x86 FALSE)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(_x86 TRUE)
endif()

set(KERNEL_FLAGS_reference -fno-tree-vectorize)
set(KERNEL_FLAGS_avx2 -mavx2 -mfma -mf16c)
set(KERNEL_FLAGS_avx_vnni ${KERNEL_FLAGS_avx2} -mavxvnni)
# GCC 12 warns about the deliberately undefined operands inside its own AVX-512 headers (GCC bug 105593).
set(KERNEL_FLAGS_avx512 -Wno-uninitialized -Wno-maybe-uninitialized ${KERNEL_FLAGS_avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq -mprefer-vector-width=512)
set(KERNEL_FLAGS_avx512_vnni ${KERNEL_FLAGS_avx512} -mavx512vnni)
set(KERNEL_FLAGS_avx512_bf16 ${KERNEL_FLAGS_avx512} -mavx512bf16)
set(KERNEL_FLAGS_onednn -fexceptions)

function(add_kernel_op op)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "VARIANTS")
    set(list "")
    target_sources(anven_kernels PRIVATE ${op}/${op}.cpp)
    foreach(variant IN LISTS arg_VARIANTS)
        if(variant MATCHES "^avx" AND NOT _x86)
            continue()
        elseif(variant STREQUAL "onednn")
            if(NOT dnnl_FOUND)
                continue()
            endif()
            target_link_libraries(anven_kernels PRIVATE DNNL::dnnl OpenMP::OpenMP_CXX)
        endif()
        target_sources(anven_kernels PRIVATE ${op}/${variant}.cpp)
        set_source_files_properties(${op}/${variant}.cpp PROPERTIES COMPILE_OPTIONS "${KERNEL_FLAGS_${variant}}")
        string(APPEND list "KERNEL_VARIANT(${variant})\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/${op}_variants.inc CONTENT "${list}")
endfunction()
