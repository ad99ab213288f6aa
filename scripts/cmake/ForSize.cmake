# SPDX-License-Identifier: GPL-2.0-or-later
# compile_for_size(TARGET FOLDER... [EXCEPT FILE...]): the target's sources below those folders are compiled with
# -Os, in an object library TARGET_small. What runs once per report or per command line is half of the program,
# and with -O2 it would be a third larger for nothing. What runs per event keeps its -O2. FILE: how the path of
# one that runs per event begins.
function(compile_for_size target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" EXCEPT)
  list(JOIN arg_UNPARSED_ARGUMENTS "|" folders)
  get_target_property(sources ${target} SOURCES)
  set(small ${sources})
  list(FILTER small INCLUDE REGEX "^(${folders})/")
  if(arg_EXCEPT)
    list(JOIN arg_EXCEPT "|" fast)
    list(FILTER small EXCLUDE REGEX "^(${fast})")
  endif()
  set(rest ${sources})
  list(REMOVE_ITEM rest ${small})
  add_library(${target}_small OBJECT ${small})
  set_target_properties(${target} PROPERTIES SOURCES "${rest}")
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_small>)
  foreach(kind INCLUDE_DIRECTORIES COMPILE_OPTIONS COMPILE_DEFINITIONS LINK_LIBRARIES)
    set_property(TARGET ${target}_small PROPERTY ${kind} $<TARGET_PROPERTY:${target},${kind}>)
  endforeach()
  target_compile_options(${target}_small PRIVATE -Os)
  unite(${target}_small)
endfunction()
