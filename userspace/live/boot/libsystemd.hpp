// SPDX-License-Identifier: GPL-2.0-or-later
// A connection to the service manager through libsystemd, which is loaded when a boot is captured:
// everything else runs where that library is not installed.
#pragma once

#include <systemd/sd-bus.h>

#include "base/result.hpp"

namespace hoodtrace {

// The functions that are used; X(NAME).
#define HOODTRACE_LIBSYSTEMD(X)     \
  X(sd_bus_call_method)             \
  X(sd_bus_close_unref)             \
  X(sd_bus_error_free)              \
  X(sd_bus_get_property_string)     \
  X(sd_bus_get_property_trivial)    \
  X(sd_bus_message_enter_container) \
  X(sd_bus_message_exit_container)  \
  X(sd_bus_message_read)            \
  X(sd_bus_message_read_basic)      \
  X(sd_bus_message_skip)            \
  X(sd_bus_message_unref)           \
  X(sd_bus_new)                     \
  X(sd_bus_path_encode)             \
  X(sd_bus_set_address)             \
  X(sd_bus_set_bus_client)          \
  X(sd_bus_set_method_call_timeout) \
  X(sd_bus_start)

struct Libsystemd {
  // The library stays loaded. One that was loaded in the initrd is found again after the switch of the
  // root, when its file is gone: dlopen(3) compares names first.
  static Result<Libsystemd> load();

// A declarator in parentheses is what g++ warns of.
#define HOODTRACE_DECLARE(name) \
  decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
  HOODTRACE_LIBSYSTEMD(HOODTRACE_DECLARE)
#undef HOODTRACE_DECLARE
};

struct SystemdConnection {
  explicit SystemdConnection(const Libsystemd& loaded) : lib(loaded) {}
  SystemdConnection(const SystemdConnection&) = delete;
  SystemdConnection& operator=(const SystemdConnection&) = delete;
  ~SystemdConnection() {
    if (bus != nullptr) lib.sd_bus_close_unref(bus);
  }

  Libsystemd lib;
  sd_bus* bus = nullptr;
};

}  // namespace hoodtrace
