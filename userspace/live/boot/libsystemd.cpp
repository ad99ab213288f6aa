// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/boot/libsystemd.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace hoodtrace {
namespace {

constexpr const char* kLibrary = "libsystemd.so.0";

Error cannot_load() {
  const char* reason = ::dlerror();
  return failed(fmt::format(
      "the service manager: cannot load {}: {}; units are not recorded without it (package "
      "libsystemd0)",
      kLibrary, reason == nullptr ? "unknown reason" : reason));
}

}  // namespace

Result<Libsystemd> Libsystemd::load() {
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return cannot_load();
  Libsystemd loaded;
#define HOODTRACE_FIND(name)                                                      \
  loaded.name = reinterpret_cast<decltype(loaded.name)>(::dlsym(library, #name)); \
  if (loaded.name == nullptr) return cannot_load();
  HOODTRACE_LIBSYSTEMD(HOODTRACE_FIND)
#undef HOODTRACE_FIND
  return loaded;
}

}  // namespace hoodtrace
