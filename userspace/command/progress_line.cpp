// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/progress_line.hpp"

#include <unistd.h>

#include "base/write_all.hpp"

namespace hoodtrace {

ProgressLine::ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

bool ProgressLine::is_due(unsigned events) {
  constexpr unsigned kEach = 1024;
  events_ += events;
  if (!is_terminal_ || events_ < kEach) return false;
  events_ = 0;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return false;
  next_ = now + std::chrono::milliseconds(200);
  return true;
}

void ProgressLine::show(const std::string& printable_text) {
  shown_ = true;
  // Back to the first column; erase the line.
  (void)write_all(STDERR_FILENO, "\r\033[K" + printable_text, "standard error");
}

void ProgressLine::clear() {
  if (shown_) (void)write_all(STDERR_FILENO, "\r\033[K", "standard error");
  shown_ = false;
}

}  // namespace hoodtrace
