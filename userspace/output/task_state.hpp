// SPDX-License-Identifier: GPL-2.0-or-later
// A task's state, and how it ended, as the kernel's numbers tell them.
#pragma once

#include <cstdint>
#include <string_view>

namespace hoodtrace {

// One letter, as ps has them: R S D T t X Z P I.
std::string_view task_state(std::uint32_t state);

struct ExitStatus {
  std::uint32_t code = 0;
  std::uint32_t signal = 0;  // 0 = it exited by itself, with the code
  bool dumped = false;
};

// A status as wait4 gives it.
ExitStatus read_wait_status(std::uint32_t wait_status);

}  // namespace hoodtrace
