// SPDX-License-Identifier: GPL-2.0-or-later
// What the capture of a boot needs from live/: the kernel's events and systemd's reports in one
// stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "probe/trace_request.hpp"

namespace hoodtrace {

struct BootRequest {
  TraceRequest trace;
  std::string until;           // a unit to become active, or "idle"
  std::uint64_t limit_ns = 0;  // since the capture began
  bool kmsg = false;
  // Asked often: an HT_BOOT_END_* to end with, or 0.
  std::function<std::uint32_t()> wants_end;
};

}  // namespace hoodtrace
