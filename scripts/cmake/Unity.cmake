# SPDX-License-Identifier: GPL-2.0-or-later
# unite(TARGET [FILES]): compiles the target's C++ sources in batches, each as one unit: a fifth of the CPU
# time with g++ -O2. FILES: most files of a batch; default: 12. Does nothing without
# HOODTRACE_UNITY, or without Python, which finds the batches.
option(HOODTRACE_UNITY "Compile sources in batches" OFF)
if(HOODTRACE_UNITY)
  find_package(Python3 COMPONENTS Interpreter QUIET)
endif()

function(unite target)
  if(NOT HOODTRACE_UNITY OR NOT Python3_FOUND)
    return()
  endif()
  set(script ${PROJECT_SOURCE_DIR}/scripts/source_batches.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(REMOVE_DUPLICATES sources)
  # Two batches per CPU at least, for the larger targets.
  set(most 12)
  if(ARGC GREATER 1)
    set(most ${ARGV1})
  endif()
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${script} ${most} ${sources}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" lines "${lines}")
  foreach(line ${lines})
    string(REGEX MATCH "^([0-9]+) (.*)$" _ ${line})
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${target}_${CMAKE_MATCH_1})
    # What a file declares decides which batch it may be in.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_MATCH_2})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
