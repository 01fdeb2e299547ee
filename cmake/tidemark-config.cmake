# find_package(tidemark 0.1 COMPONENTS sqlite fmt) gives tidemark::tidemark, and for each component tidemark::<component>
# with the library that it needs. Without COMPONENTS: every component whose library is there.
include(${CMAKE_CURRENT_LIST_DIR}/tidemark-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/version_to_find.cmake)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})  # Findhttplib
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)  # Boost's own package
endif()

function(tidemark_component name package oldest target)
  if(tidemark_FIND_COMPONENTS AND NOT name IN_LIST tidemark_FIND_COMPONENTS)
    return()
  endif()
  tidemark_version_to_find(version_to_find ${package} ${oldest})
  find_package(${package} ${version_to_find} QUIET)
  set(tidemark_${name}_FOUND ${${package}_FOUND} PARENT_SCOPE)
  if(NOT ${package}_FOUND)
    set(tidemark_${name}_missing "needs ${package} ${oldest} or newer, which was not found" PARENT_SCOPE)
  elseif(NOT TARGET tidemark::${name})
    add_library(tidemark::${name} INTERFACE IMPORTED)
    target_link_libraries(tidemark::${name} INTERFACE tidemark::tidemark ${target})
  endif()
endfunction()
include(${CMAKE_CURRENT_LIST_DIR}/components.cmake)

foreach(component IN LISTS tidemark_FIND_COMPONENTS)
  if(tidemark_FIND_REQUIRED_${component} AND NOT tidemark_${component}_FOUND)
    set(tidemark_FOUND FALSE)
    if(NOT DEFINED tidemark_${component}_missing)
      set(tidemark_${component}_missing "does not exist in tidemark ${tidemark_VERSION}")
    endif()
    string(APPEND tidemark_NOT_FOUND_MESSAGE "Component \"${component}\" ${tidemark_${component}_missing}. ")
  endif()
endforeach()
