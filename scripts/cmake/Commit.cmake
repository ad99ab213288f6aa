# SPDX-License-Identifier: GPL-2.0-or-later
# cmake -DSOURCE=... -DHEADER=... -P Commit.cmake: writes the commit of SOURCE into HEADER, which keeps
# its time if it is the same as before. Without git the environment's HOODTRACE_COMMIT is taken.
cmake_minimum_required(VERSION 3.25)
set(commit "$ENV{HOODTRACE_COMMIT}")
find_program(GIT git)
if(commit STREQUAL "" AND GIT)
  execute_process(
    COMMAND ${GIT} -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(commit STREQUAL "")
  set(commit "not known")
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "// Made by CMake.
#pragma once

namespace hoodtrace {
inline constexpr const char* kCommit = \"@commit@\";
}
" @ONLY)
