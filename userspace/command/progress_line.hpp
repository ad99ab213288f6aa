// SPDX-License-Identifier: GPL-2.0-or-later
// A line on standard error that shows the progress of a long operation, rewritten in place a few
// times a second; silent when standard error is no terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace hoodtrace {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Is it time to show()? Cheap: reads the clock for every 1 024th event only.
  bool is_due(unsigned events = 1);
  void show(const std::string& printable_text);
  void clear();

 private:
  bool is_terminal_;
  bool shown_ = false;
  unsigned events_ = 0;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace hoodtrace
