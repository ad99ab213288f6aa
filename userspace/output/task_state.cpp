// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/task_state.hpp"

#include <sys/wait.h>

#include <array>
#include <utility>

namespace hoodtrace {

std::string_view task_state(std::uint32_t state) {
  // include/linux/sched.h; the first that matches. TASK_DEAD is what a task leaves the CPU with.
  constexpr std::uint32_t kIdle = 0x402;
  constexpr std::array<std::pair<std::uint32_t, std::string_view>, 8> kStates = {
      {{0x1, "S"}, {0x2, "D"}, {0x4, "T"}, {0x8, "t"}, {0x90, "X"}, {0x20, "Z"}, {0x40, "P"}}};
  if ((state & kIdle) == kIdle) return "I";
  for (const auto& [bits, letter] : kStates)
    if (state & bits) return letter;
  return "R";
}

ExitStatus read_wait_status(std::uint32_t wait_status) {
  const int status = static_cast<int>(wait_status);
  if (WIFEXITED(status)) return {static_cast<std::uint32_t>(WEXITSTATUS(status)), 0, false};
  return {0, static_cast<std::uint32_t>(WTERMSIG(status)), static_cast<bool>(WCOREDUMP(status))};
}

}  // namespace hoodtrace
