// SPDX-License-Identifier: GPL-2.0-or-later
// What a system call is for, as far as the cause of a sleep in it depends on that.
#pragma once

#include "base/syscalls.hpp"

namespace hoodtrace {

struct CallKind {
  bool waits_for_work : 1 =
      false;                  // has several sources, or a time: whoever ends it has brought work
  bool receives : 1 = false;  // has one source
  bool sends : 1 = false;
  bool meets : 1 = false;    // connect, close, shutdown: the other side of a socket notices
  bool splices : 1 = false;  // receives, or waits for room in its output (ht_sleep.value)
  bool output_is_second : 1 = false;  // its second argument is the output: tee
  bool futex : 1 = false;
  bool waits_for_child : 1 = false;
  bool child_is_second : 1 = false;  // its second argument names the child: waitid
  bool exit : 1 = false;             // of a thread
  bool exit_group : 1 = false;       // of a process
  bool restart : 1 = false;          // goes on with the call before
};

// Of no call, or of one that is not listed: all false.
CallKind call_kind(CallTable table, int number);

}  // namespace hoodtrace
