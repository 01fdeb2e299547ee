# Makes every TEST_CASE of a program a ctest entry, as Catch2's own catch_discover_tests() would, which takes a name
# apart at ";" and loses whatever follows an unclosed "[": characters that the names of tests about JSON are full of.
#
# In a CMakeLists.txt: include(discover.cmake) and tidemark_discover_tests(<target> [<label>...]). The rest runs after
# each build. Tests without a label begin first, since long ones are among them.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(discover_script ${CMAKE_CURRENT_LIST_FILE})
  function(tidemark_discover_tests target)
    set(entries ${CMAKE_CURRENT_BINARY_DIR}/${target}.cmake)
    add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${entries} VERBATIM
      COMMAND ${CMAKE_COMMAND} -D program=$<TARGET_FILE:${target}> -D entries=${entries} "-Dlabels=${ARGN}" -P ${discover_script})
    # A program that did not build is one failed test, and the other tests still run.
    set(entries_if_built ${CMAKE_CURRENT_BINARY_DIR}/${target}_if_built.cmake)
    file(WRITE ${entries_if_built} "if(EXISTS [==[${entries}]==])\n  include([==[${entries}]==])\nelse()\n"
      "  add_test(${target}_is_not_built ${target}_is_not_built)\nendif()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${entries_if_built})
  endfunction()
  return()
endif()

# Catch2 3, then Catch2 2, which answers with the number of tests instead of success.
execute_process(COMMAND ${program} --list-tests --verbosity quiet OUTPUT_VARIABLE names ERROR_VARIABLE problem)
if(NOT names OR names MATCHES "All available test cases|Matching test cases")
  execute_process(COMMAND ${program} --list-test-names-only OUTPUT_VARIABLE names ERROR_VARIABLE problem)
endif()
if(problem OR NOT names)
  message(FATAL_ERROR "${program} does not list its tests: ${names}${problem}")
endif()

if(labels)
  set(more "LABELS \"${labels}\"")
else()
  set(more "COST 1")
endif()

# No CMake list holds the names, for the reason above.
set(script "")
while(NOT names STREQUAL "")
  string(FIND "${names}" "\n" end)
  string(SUBSTRING "${names}" 0 ${end} name)
  math(EXPR next "${end} + 1")
  string(SUBSTRING "${names}" ${next} -1 names)
  string(REGEX REPLACE "([][\\,\"*~])" "\\\\\\1" pattern "${name}")
  string(APPEND script
    "add_test([==[${name}]==] [==[${program}]==] [==[${pattern}]==])\n"
    "set_tests_properties([==[${name}]==] PROPERTIES TIMEOUT 300 ${more}\n"
    "  SKIP_REGULAR_EXPRESSION \"This test was skipped: \"\n"
    "  FAIL_REGULAR_EXPRESSION \"No test cases matched|No tests ran\")\n")
endwhile()
file(WRITE ${entries} "${script}")
