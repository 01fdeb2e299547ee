# tidemark::tidemark, tidemark::<component> for each line of components.cmake, and tidemark::dev.

# Headers are globbed while most of them are still being written; CONFIGURE_DEPENDS notices a new one at the next build.
file(GLOB_RECURSE tidemark_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.hpp)

add_library(tidemark INTERFACE)
add_library(tidemark::tidemark ALIAS tidemark)
target_compile_features(tidemark INTERFACE cxx_std_20)
target_sources(tidemark INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${tidemark_headers})
# Whoever adds this folder to a project of their own gets none of tidemark's warnings.
if(NOT PROJECT_IS_TOP_LEVEL)
  set_target_properties(tidemark PROPERTIES SYSTEM ON)
endif()

# Every component has its target at once; the library behind it is found by tidemark_need(), or by whoever links it.
function(tidemark_component name package oldest target pkg_config_name otherwise)
  add_library(tidemark_${name} INTERFACE)
  add_library(tidemark::${name} ALIAS tidemark_${name})
  target_link_libraries(tidemark_${name} INTERFACE tidemark ${target})
  set_property(GLOBAL APPEND PROPERTY tidemark_components ${name})
  set_property(GLOBAL PROPERTY tidemark_needs_of_${name} ${package} ${oldest} ${otherwise})
endfunction()
include(${CMAKE_CURRENT_LIST_DIR}/components.cmake)

# tidemark_need(<component>...): finds or fetches the libraries of these components.
function(tidemark_need)
  foreach(component IN LISTS ARGN)
    get_property(needs GLOBAL PROPERTY tidemark_needs_of_${component})
    if(NOT needs)
      get_property(known GLOBAL PROPERTY tidemark_components)
      message(FATAL_ERROR "tidemark has no component \"${component}\"; it has: ${known}")
    endif()
    tidemark_need_package(${needs})
  endforeach()
endfunction()

# For whoever works on tidemark: warnings, which are errors where the project was configured so (a compiler that is newer
# than those that were tried may warn of what is right), and how the compiler works. Linked by tests, examples and
# benchmarks, never installed.
add_library(tidemark_dev INTERFACE)
add_library(tidemark::dev ALIAS tidemark_dev)
target_link_libraries(tidemark_dev INTERFACE tidemark)
target_compile_options(tidemark_dev INTERFACE
  $<$<BOOL:${TIDEMARK_WARNINGS_AS_ERRORS}>:-Werror>
  -Wall -Wextra -Wpedantic
  -Wcast-align -Wconversion -Wsign-conversion -Wdouble-promotion -Wextra-semi -Wformat=2 -Wimplicit-fallthrough
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wshadow -Wundef -Wunused
  # GCC 12 sees overlapping and endless copies in plain std::string concatenation (GCC bugs 105329, 105651).
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow>"
  # It takes what an empty std::optional or a moved std::function holds for uninitialized (GCC bugs 80635, 105562).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  # GCC looks later for memory that it can use again: a tenth less time for a tenth more memory. The size in KiB.
  "$<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-expand=200;--param=ggc-min-heapsize=400000>")
