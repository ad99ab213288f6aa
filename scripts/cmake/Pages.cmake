# SPDX-License-Identifier: GPL-2.0-or-later
# Man pages and shell completion, made from the program's own command line and the prose in man/.
find_program(SCDOC scdoc)
find_package(Python3 COMPONENTS Interpreter QUIET)
set(HOODTRACE_PAGES AUTO CACHE STRING "Man pages and shell completion: ON, OFF, or AUTO (with scdoc and Python)")
set(has_tools OFF)
if(SCDOC AND Python3_FOUND AND NOT CMAKE_CROSSCOMPILING)
  # Debian's python3-minimal has no json.
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -c "import json"
    RESULT_VARIABLE no_json OUTPUT_QUIET ERROR_QUIET)
  if(NOT no_json)
    set(has_tools ON)
  endif()
endif()
if(HOODTRACE_PAGES STREQUAL AUTO)
  set(HOODTRACE_PAGES ${has_tools})
endif()
if(NOT HOODTRACE_PAGES)
  return()
endif()
if(NOT has_tools)
  message(FATAL_ERROR "HOODTRACE_PAGES needs scdoc and Python 3: apt-get install scdoc python3")
endif()

set(pages ${PROJECT_BINARY_DIR}/pages)
# With CONFIGURE_DEPENDS, ninja -n shows nothing but CMake's own check, and scripts/build.sh counts steps by it.
# A file added to the folder changes the folder's time.
file(GLOB prose ${PROJECT_SOURCE_DIR}/man/*.scd)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man)
add_custom_command(
  OUTPUT ${pages}/made
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${pages}
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/make_pages.py $<TARGET_FILE:hoodtrace>
          ${PROJECT_SOURCE_DIR}/man ${pages}
  COMMAND ${CMAKE_COMMAND} -E touch ${pages}/made
  DEPENDS hoodtrace ${PROJECT_SOURCE_DIR}/scripts/make_pages.py ${prose}
  COMMENT "Generating man pages and completion"
  VERBATIM)
add_custom_target(pages ALL DEPENDS ${pages}/made)

install(DIRECTORY ${pages}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL FILES_MATCHING PATTERN "*.1")
install(DIRECTORY ${pages}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 OPTIONAL FILES_MATCHING PATTERN "*.5")
install(FILES ${pages}/completion/hoodtrace.bash OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME hoodtrace)
# zsh has its folder for packages elsewhere on Debian; below /usr/local the name is the same everywhere.
install(CODE [[
  set(zsh_folder site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND EXISTS /etc/debian_version)
    set(zsh_folder vendor-completions)
  endif()]])
install(FILES ${pages}/completion/_hoodtrace OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/\${zsh_folder})
install(FILES ${pages}/completion/hoodtrace.fish OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
