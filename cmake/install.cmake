# Headers, a CMake package (find_package(tidemark COMPONENTS ...)) and one pkg-config file per component. All of it is
# independent of the processor and stays valid when the installed folder moves.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/tidemark)
set(pkg_config_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)

install(TARGETS tidemark EXPORT tidemark-targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT tidemark-targets NAMESPACE tidemark:: DESTINATION ${package_dir})
# Until 1.0 a minor version may break source code, so 0.2 does not serve who asks for 0.1.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tidemark-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(
  FILES cmake/tidemark-config.cmake cmake/components.cmake cmake/version_to_find.cmake cmake/Findhttplib.cmake
        ${PROJECT_BINARY_DIR}/tidemark-config-version.cmake
  DESTINATION ${package_dir})

file(RELATIVE_PATH prefix_from_here ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
function(tidemark_pkg_config name description requires cflags)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/tidemark.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${pkg_config_dir})
endfunction()

tidemark_pkg_config(tidemark "${PROJECT_DESCRIPTION}" "" "-I\${includedir}")
function(tidemark_component name package oldest target pkg_config_name otherwise)
  set(requires "tidemark = ${PROJECT_VERSION}")
  if(NOT pkg_config_name STREQUAL "-")
    string(APPEND requires ", ${pkg_config_name} >= ${oldest}")
  endif()
  tidemark_pkg_config(tidemark-${name} "tidemark with ${package}" "${requires}" "")
endfunction()
include(${CMAKE_CURRENT_LIST_DIR}/components.cmake)
