# SPDX-License-Identifier: GPL-2.0-or-later
# hoodtrace_library(TARGET PKG-CONFIG-NAME ARCHIVE...): an interface target for a library of the system.
# With HOODTRACE_PORTABLE it links the archives (.a), as far as the system has them, so that the program
# also runs where other versions of these libraries are installed, or none. zlib and zstd stay shared: dpkg
# itself needs them, their ABI is stable, and the system's security updates reach them.

option(HOODTRACE_PORTABLE "Link libbpf, libelf and fmt into the program" OFF)

function(hoodtrace_library target name)
  string(TOUPPER ${name} prefix)
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${name})
  add_library(${target} INTERFACE)
  set(archives)
  if(HOODTRACE_PORTABLE)
    foreach(archive ${ARGN})
      find_library(ARCHIVE_${archive} NAMES lib${archive}.a)
      if(NOT ARCHIVE_${archive})
        message(STATUS "no lib${archive}.a: ${name} is linked as a shared library")
        set(archives)
        break()
      endif()
      list(APPEND archives ${ARCHIVE_${archive}})
    endforeach()
  endif()
  if(archives)
    target_include_directories(${target} SYSTEM INTERFACE ${${prefix}_INCLUDE_DIRS})
    target_link_libraries(${target} INTERFACE ${archives})
  else()
    target_link_libraries(${target} INTERFACE PkgConfig::${prefix})
  endif()
  set(${prefix}_INCLUDE_DIRS ${${prefix}_INCLUDE_DIRS} PARENT_SCOPE)
endfunction()

hoodtrace_library(zstd libzstd)
hoodtrace_library(zlib zlib)
if(HOODTRACE_BPF)
  # libelf reads compressed sections with the two others.
  hoodtrace_library(libbpf libbpf bpf elf)
  target_link_libraries(libbpf INTERFACE zlib zstd)
endif()

# A namespace of its own in every version: header-only it belongs to no version of the system's.
add_library(hoodtrace_fmt INTERFACE)
target_link_libraries(hoodtrace_fmt
                      INTERFACE $<IF:$<BOOL:${HOODTRACE_PORTABLE}>,fmt::fmt-header-only,fmt::fmt>)
