// SPDX-License-Identifier: GPL-2.0-or-later
// How the user wants to see the lives of processes.
#pragma once

#include <cstdint>

namespace hoodtrace {

enum class ProcsForm { kTimeline, kTree, kGantt };

struct ProcsOptions {
  ProcsForm form = ProcsForm::kTimeline;
  std::uint64_t slow_ns = 0;  // only what lasted at least this; 0 = all
  bool failed_only = false;   // non-zero exits, signals, failed execs
  bool threads = false;       // threads too
  bool faults = false;        // faults by phase
  bool causes = false;        // the parts of its time, as in `why`
};

}  // namespace hoodtrace
