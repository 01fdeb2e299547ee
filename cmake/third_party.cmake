# Other people's libraries: the installed package where it is new enough, otherwise fetched. Nothing is looked for until
# somebody needs it, so a project that links tidemark::tidemark alone needs none of them.
include(FetchContent)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})  # Findhttplib
include(${CMAKE_CURRENT_LIST_DIR}/version_to_find.cmake)

# tidemark_need_package(<package> <oldest> <otherwise>), with <otherwise> as in components.cmake. A macro, so that the
# caller sees the variables of the package that was found.
macro(tidemark_need_package package oldest otherwise)
  tidemark_version_to_find(version_to_find ${package} ${oldest})
  if("${otherwise}" MATCHES "^(https://.+)@(.+)$")
    FetchContent_Declare(${package} GIT_REPOSITORY ${CMAKE_MATCH_1} GIT_TAG ${CMAKE_MATCH_2} GIT_SHALLOW ON SYSTEM
      FIND_PACKAGE_ARGS ${version_to_find} GLOBAL)
    FetchContent_MakeAvailable(${package})
  else()
    find_package(${package} ${version_to_find} QUIET GLOBAL)
    if(NOT ${package}_FOUND)
      message(FATAL_ERROR "tidemark needs ${package} ${oldest} or newer. Install ${otherwise} "
        "(its name on Debian and Ubuntu; scripts/set-up does it there).")
    endif()
  endif()
endmacro()
