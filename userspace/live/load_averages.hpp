// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's load averages as records.
#pragma once

#include <cstdint>

#include "base/fd.hpp"
#include "event/event.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class LoadAverages {
 public:
  // Opens /proc/loadavg, which is readable from then on whatever privileges are dropped. Where there is
  // none, no record is made.
  LoadAverages();

  // Adds an ht_load when the numbers have changed, or in any case. Between looks that are not forced
  // a second passes.
  void look(std::uint64_t now_ns, bool forced, RecordBuffer& records);

 private:
  Fd file_;
  std::uint64_t next_look_ns_ = 0;
  ht_load last_{};
};

}  // namespace hoodtrace
