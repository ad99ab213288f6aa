# embed_texts(TARGET NAME FILES...): text files become std::string_views of the program.
#
# Makes NAME.hpp, in the build tree and on TARGET's include path, with one constant per file: k and
# the file's name in camel case, kPageCss for page.css. Run as a script (cmake -P) it writes that
# header; in a CMakeLists it defines the function.
if(CMAKE_SCRIPT_MODE_FILE)
  set(header "// Made by EmbedTexts.cmake.\n#pragma once\n\n#include <string_view>\n\nnamespace hoodtrace {\n\n")
  string(REPLACE "|" ";" files "${FILES}")
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]+" ";" words "${name}")
    set(constant k)
    foreach(word IN LISTS words)
      string(SUBSTRING "${word}" 0 1 first)
      string(SUBSTRING "${word}" 1 -1 rest)
      string(TOUPPER "${first}" first)
      string(APPEND constant "${first}${rest}")
    endforeach()
    file(READ "${file}" text)
    string(APPEND header
           "inline constexpr std::string_view ${constant} = R\"embedded(${text})embedded\";\n\n")
  endforeach()
  string(APPEND header "}  // namespace hoodtrace\n")
  file(WRITE "${OUTPUT}" "${header}")
  return()
endif()

set(EMBED_TEXTS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed_texts target name)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(JOIN ARGN "|" files)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.hpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} "-DFILES=${files}" -P ${EMBED_TEXTS_SCRIPT}
    DEPENDS ${ARGN} ${EMBED_TEXTS_SCRIPT}
    COMMENT "embedding ${name}.hpp"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
