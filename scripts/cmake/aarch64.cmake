# SPDX-License-Identifier: GPL-2.0-or-later
# A build for arm64 on another machine, by Debian's cross compiler and its arm64 packages unpacked
# below HOODTRACE_SYSROOT (scripts/vm/cross.sh makes that folder).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HOODTRACE_SYSROOT)
set(CMAKE_SYSROOT ${HOODTRACE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${HOODTRACE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
    ${HOODTRACE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${HOODTRACE_SYSROOT}/usr/share/pkgconfig)
