// SPDX-License-Identifier: GPL-2.0-or-later
// New lines of the kernel's log, as ht_boot_mark records.
#pragma once

#include <cstdint>

#include "base/fd.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class KernelLog {
 public:
  // Opens /dev/kmsg at its beginning; while still privileged. Without it there are no lines.
  void open();

  // Appends what has come since the last call. Its times are the kernel's sched_clock, some
  // milliseconds off CLOCK_BOOTTIME.
  void add_lines(RecordBuffer& out);

 private:
  Fd fd_;
};

}  // namespace hoodtrace
