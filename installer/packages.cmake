# Debian packages, by `cpack` in a build folder: the programs, and apart from them the rule that opens energy counters.
set(ANVEN_MAINTAINER "The Anven Workbench developers <maintainers@anven-workbench.invalid>" CACHE STRING
    "Whom the packages name as maintainer")
find_program(ANVEN_GZIP gzip)

# What Debian wants of every package: copyright, changelog, manuals, the latter two compressed.
function(anven_install_compressed source destination name component)
    if(NOT ANVEN_GZIP)
        return()
    endif()
    set(compressed ${CMAKE_CURRENT_BINARY_DIR}/${component}/${name}.gz)
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${component})
    execute_process(COMMAND ${ANVEN_GZIP} -9nc ${source} OUTPUT_FILE ${compressed} COMMAND_ERROR_IS_FATAL ANY)
    install(FILES ${compressed} DESTINATION ${destination} COMPONENT ${component})
endfunction()

foreach(component workbench energy)
    set(package anven-workbench)
    if(component STREQUAL energy)
        set(package anven-workbench-energy)
    endif()
    set(doc ${CMAKE_INSTALL_DATADIR}/doc/${package})
    install(FILES package/copyright DESTINATION ${doc} COMPONENT ${component})
    configure_file(package/changelog.in ${CMAKE_CURRENT_BINARY_DIR}/changelog-${component} @ONLY)
    anven_install_compressed(${CMAKE_CURRENT_BINARY_DIR}/changelog-${component} ${doc} changelog ${component})
endforeach()
foreach(page anven anven-workbench)
    anven_install_compressed(${CMAKE_CURRENT_SOURCE_DIR}/package/${page}.1 ${CMAKE_INSTALL_MANDIR}/man1 ${page}.1 workbench)
endforeach()
install(FILES udev/70-anven-energy.rules DESTINATION lib/udev/rules.d COMPONENT energy)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME anven-workbench)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${ANVEN_MAINTAINER})
set(CPACK_PACKAGE_VENDOR "The Anven Workbench developers")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL workbench energy)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_DEBIAN_WORKBENCH_PACKAGE_NAME anven-workbench)
set(CPACK_DEBIAN_WORKBENCH_PACKAGE_SECTION science)
set(CPACK_DEBIAN_WORKBENCH_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_WORKBENCH_PACKAGE_DEPENDS qt6-qpa-plugins)    # plugins are loaded by name, dpkg-shlibdeps cannot see them
set(CPACK_DEBIAN_WORKBENCH_PACKAGE_RECOMMENDS "fonts-inter, fonts-jetbrains-mono, qt6-wayland")
set(CPACK_DEBIAN_WORKBENCH_PACKAGE_SUGGESTS anven-workbench-energy)
set(CPACK_COMPONENT_WORKBENCH_DESCRIPTION
"run quantized language models side by side and measure them
Opens the BF16, QAT+LoRA and SpinQuant variants of a language model, runs
them side by side on an inference engine of its own, and logs latency,
memory, energy and agreement to SQLite, with plots and reports that somebody
else can reproduce.
.
There is nothing to download first: a small demo model in all three variants
comes with it. The program anven does everything without a window.")

set(CPACK_DEBIAN_ENERGY_PACKAGE_NAME anven-workbench-energy)
set(CPACK_DEBIAN_ENERGY_PACKAGE_SECTION science)
set(CPACK_DEBIAN_ENERGY_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_ENERGY_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_ENERGY_PACKAGE_DEPENDS "adduser, udev")
set(CPACK_DEBIAN_ENERGY_PACKAGE_ENHANCES anven-workbench)
set(CPACK_DEBIAN_ENERGY_PACKAGE_CONTROL_EXTRA
    "${CMAKE_CURRENT_SOURCE_DIR}/package/energy/postinst;${CMAKE_CURRENT_SOURCE_DIR}/package/energy/postrm")
set(CPACK_COMPONENT_ENERGY_DESCRIPTION
"energy counters of the processor for the group anven-energy
The kernel lets root alone read the processor's energy counters (RAPL), because
they can leak what other users compute. This package lets the members of the
group anven-energy read them, for measurements of energy per token.
.
Nobody is a member until root says so: adduser NAME anven-energy.")
include(CPack)
