// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/exit_status.hpp"

#include <sys/wait.h>

namespace hoodtrace {

ExitStatus read_wait_status(std::uint32_t wait_status) {
  const int status = static_cast<int>(wait_status);
  if (WIFEXITED(status)) return {static_cast<std::uint32_t>(WEXITSTATUS(status)), 0, false};
  return {0, static_cast<std::uint32_t>(WTERMSIG(status)), static_cast<bool>(WCOREDUMP(status))};
}

}  // namespace hoodtrace
