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
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/version)
  set(with "no BPF side")
  if(HOODTRACE_BPF)
    set(with "BPF programs")
    if(NOT LIBSYSTEMD_FOUND)
      string(APPEND with ", no libsystemd")
    else()
      string(APPEND with ", libsystemd ${LIBSYSTEMD_VERSION}")
    endif()
  endif()
  set_source_files_properties(
    ${source}
    PROPERTIES
      COMPILE_DEFINITIONS
      "HOODTRACE_VERSION=\"${PROJECT_VERSION}\";HOODTRACE_BUILD=\"${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}\";HOODTRACE_LIBBPF=\"$<$<BOOL:${HOODTRACE_BPF}>:libbpf ${LIBBPF_VERSION}, >\";HOODTRACE_LINKED=\"$<IF:$<BOOL:${HOODTRACE_PORTABLE}>,static where the system has archives,shared>\";HOODTRACE_WITH=\"${with}\""
  )
endfunction()
