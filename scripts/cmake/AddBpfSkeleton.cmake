# SPDX-License-Identifier: GPL-2.0-or-later
# add_bpf_skeleton(NAME [PACKED] SOURCES a.bpf.c b.bpf.c): a target NAME_bpf that gives NAME.skel.h, made
# by bpftool from the linked objects. Touching any included header rebuilds. PACKED: the object is in the
# program as a zstd frame, where zstd is installed; the target that uses it has live/packed_object.cpp.

find_program(BPF_CLANG NAMES clang REQUIRED)
find_program(ZSTD NAMES zstd)
# Debian puts bpftool into sbin, which is not on every user's path.
find_program(BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)
if(LIBBPF_VERSION VERSION_LESS 1.1)
  message(FATAL_ERROR "libbpf ${LIBBPF_VERSION} is too old: 1.1 is the least")
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(HOODTRACE_BPF_ARCH arm64)
else()
  set(HOODTRACE_BPF_ARCH x86)
endif()

# The BPF target has no multiarch include path of its own; <linux/types.h> and friends are not
# used, but <bpf/*.h> may be where pkg-config says.
set(HOODTRACE_BPF_FLAGS
    -g -O2 -mcpu=v3 -target bpf -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare
    -I${PROJECT_SOURCE_DIR}/vmlinux -I${PROJECT_SOURCE_DIR}/bpf)
foreach(dir ${LIBBPF_INCLUDE_DIRS})
  list(APPEND HOODTRACE_BPF_FLAGS -I${dir})
endforeach()

function(compile_bpf source object arch)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${BPF_CLANG} ${HOODTRACE_BPF_FLAGS} -D__TARGET_ARCH_${arch} -MD -MF ${object}.d -c
            ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "BPF (${arch}) ${source}"
    VERBATIM)
endfunction()

function(add_bpf_object name)
  cmake_parse_arguments(ARG "" "SOURCE" "" ${ARGN})
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  compile_bpf(${ARG_SOURCE} ${object} ${HOODTRACE_BPF_ARCH})
  add_custom_target(${name}_object ALL DEPENDS ${object})
endfunction()

# A target NAME_packed with the object's bytes between NAME_bpf_packed and NAME_bpf_packed_end.
function(pack_object name object)
  set(packed ${object}.zst)
  add_custom_command(
    OUTPUT ${packed}
    COMMAND ${ZSTD} -q -f -19 ${object} -o ${packed}
    DEPENDS ${object}
    VERBATIM)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}_packed.S)
  configure_file(${PROJECT_SOURCE_DIR}/scripts/cmake/packed_object.S.in ${source} @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${packed})
  add_library(${name}_packed STATIC ${source})
endfunction()

function(add_bpf_skeleton name)
  cmake_parse_arguments(ARG "PACKED" "" "SOURCES" ${ARGN})
  set(objects)
  foreach(source ${ARG_SOURCES})
    get_filename_component(stem ${source} NAME_WLE)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${stem}.o)
    compile_bpf(${source} ${object} ${HOODTRACE_BPF_ARCH})
    list(APPEND objects ${object})
  endforeach()
  set(linked ${CMAKE_CURRENT_BINARY_DIR}/${name}.linked.o)
  set(skeleton ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
  add_custom_command(
    OUTPUT ${linked}
    COMMAND ${BPFTOOL} gen object ${linked} ${objects}
    DEPENDS ${objects}
    VERBATIM)
  set(edit_skeleton)
  add_library(${name}_bpf INTERFACE)
  if(ARG_PACKED AND ZSTD)
    set(script ${PROJECT_SOURCE_DIR}/scripts/cmake/pack_skeleton.sed)
    set(edit_skeleton COMMAND sed -i -f ${script} ${skeleton}.new)
    pack_object(${name} ${linked})
    target_link_libraries(${name}_bpf INTERFACE ${name}_packed zstd)
  endif()
  add_custom_command(
    OUTPUT ${skeleton}
    COMMAND ${BPFTOOL} gen skeleton ${linked} name ${name}_bpf > ${skeleton}.new
    ${edit_skeleton}
    COMMAND ${CMAKE_COMMAND} -E rename ${skeleton}.new ${skeleton}
    DEPENDS ${linked} ${script}
    COMMENT "skeleton ${name}.skel.h"
    VERBATIM)
  add_custom_target(${name}_skeleton DEPENDS ${skeleton})
  add_dependencies(generated ${name}_skeleton)
  add_dependencies(${name}_bpf ${name}_skeleton)
  # SYSTEM: generated code is not held to our warnings.
  target_include_directories(${name}_bpf SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${name}_bpf INTERFACE libbpf)
endfunction()

function(add_bpf_other_architectures)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  set(objects)
  foreach(arch x86 arm64)
    if(arch STREQUAL HOODTRACE_BPF_ARCH)
      continue()
    endif()
    foreach(source ${ARG_SOURCES})
      get_filename_component(stem ${source} NAME_WLE)
      set(object ${CMAKE_CURRENT_BINARY_DIR}/${arch}/${stem}.o)
      file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${arch})
      compile_bpf(${source} ${object} ${arch})
      list(APPEND objects ${object})
    endforeach()
  endforeach()
  add_custom_target(bpf_other_architectures ALL DEPENDS ${objects})
endfunction()
