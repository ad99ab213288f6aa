# SPDX-License-Identifier: GPL-2.0-or-later
# embed_text(TARGET HEADER NAME=FILE ...): a header of raw string literals, one constant per file;
# touching a file makes it anew. The line with the licence stays out of it.
function(embed_text target header)
  set(text "// Made by CMake.\n#pragma once\n\n#include <string_view>\n\nnamespace hoodtrace {\n")
  foreach(pair ${ARGN})
    string(REGEX MATCH "^([^=]+)=(.+)$" _ ${pair})
    set(name ${CMAKE_MATCH_1})
    set(file ${PROJECT_SOURCE_DIR}/${CMAKE_MATCH_2})
    file(READ ${file} content)
    string(REGEX REPLACE "(^|\n)[^\n]*SPDX-License-Identifier:[^\n]*\n" "\\1" content
           "${content}")
    string(APPEND text
           "\ninline constexpr std::string_view ${name} = R\"hoodtrace(${content})hoodtrace\";\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  string(APPEND text "\n}  // namespace hoodtrace\n")
  # Through a copy, so that an unchanged header keeps its time; not CONFIGUREd: the texts have their
  # own @PLACES@.
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded/${header})
  file(WRITE ${made}.new "${text}")
  configure_file(${made}.new ${made} COPYONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
