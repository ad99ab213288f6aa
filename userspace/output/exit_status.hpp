// SPDX-License-Identifier: GPL-2.0-or-later
// How a process ended.
#pragma once

#include <cstdint>

namespace hoodtrace {

struct ExitStatus {
  std::uint32_t code = 0;
  std::uint32_t signal = 0;  // 0 = it called exit, with the code
  bool dumped = false;
};

// A status as wait4(2) returns it.
ExitStatus read_wait_status(std::uint32_t wait_status);

}  // namespace hoodtrace
