// SPDX-License-Identifier: GPL-2.0-or-later
// Which records name something that others refer to by a number, as opposed to events.
#pragma once

#include <cstdint>

#include "events.h"

namespace hoodtrace {

constexpr bool names_something(std::uint16_t type) {
  return type == HT_CGROUP_NAME || type == HT_FAULT_FILE || type == HT_FILE ||
         type == HT_CACHE_SCOPE || type == HT_DISK_SCOPE || type == HT_MOUNT || type == HT_DEVICE ||
         type == HT_OBJECT || type == HT_STACK || type == HT_SYMBOL;
}

}  // namespace hoodtrace
