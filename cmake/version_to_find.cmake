# tidemark_version_to_find(<variable> <package> <oldest>): what to ask find_package() for, to get <oldest> or any newer.
#
# Some packages call themselves compatible with their own major or minor version only: simdjson 3.6 does not answer to
# 3.0, nor Catch2 3 to 2.13. So they are asked which version they are, and then for exactly that one.
function(tidemark_version_to_find variable package oldest)
  set(${variable} ${oldest} PARENT_SCOPE)
  # A version that nobody has: nothing is loaded, and every version that is installed gets listed.
  find_package(${package} 99999 EXACT QUIET CONFIG)
  foreach(installed IN LISTS ${package}_CONSIDERED_VERSIONS)
    if(installed VERSION_GREATER_EQUAL oldest)
      set(${variable} ${installed} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()
