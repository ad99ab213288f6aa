# SPDX-License-Identifier: GPL-2.0-or-later
# add_version(TARGET SOURCE): what `hoodtrace --version -v` prints, for the one source that prints it.
function(add_version target source)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/version/commit.hpp)
  add_custom_target(
    commit
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DHEADER=${header} -P
            ${PROJECT_SOURCE_DIR}/scripts/cmake/Commit.cmake
    BYPRODUCTS ${header}
    VERBATIM)
  add_dependencies(generated commit)
  add_dependencies(${target} commit)
  if(TARGET ${target}_small)
    add_dependencies(${target}_small commit)
  endif()
  # Of this source alone: the others' command lines, and a compiler's cache, do not change.
  set_property(SOURCE ${source} PROPERTY INCLUDE_DIRECTORIES ${CMAKE_CURRENT_BINARY_DIR}/version)
  set(libbpf "")
  set(with "no BPF side")
  if(HOODTRACE_BPF)
    set(libbpf "libbpf ${LIBBPF_VERSION}, ")
    set(with "BPF programs, no libsystemd")
    if(LIBSYSTEMD_FOUND)
      set(with "BPF programs, libsystemd where it is installed")
    endif()
  endif()
  if(MICROHTTPD_FOUND AND PROMETHEUS_FOUND)
    string(APPEND with ", HTTP server")
  else()
    string(APPEND with ", no HTTP server")
  endif()
  set(linked "shared")
  if(HOODTRACE_PORTABLE)
    set(linked "libbpf, libelf and fmt static where the system has archives")
  endif()
  set(build "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}")
  set_property(
    SOURCE ${source}
    PROPERTY COMPILE_DEFINITIONS
             HOODTRACE_VERSION="${PROJECT_VERSION}"
             HOODTRACE_BUILD="${build}"
             HOODTRACE_LIBBPF="${libbpf}"
             HOODTRACE_LINKED="${linked}"
             HOODTRACE_WITH="${with}")
endfunction()
