// SPDX-License-Identifier: GPL-2.0-or-later
// The streams that golden reports are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// Two spinners and a sleeper share CPU 0; CPU 1 has a real-time task and a normal one. It has an
// interval tick in the middle, a long wait, and exact counters at the end.
StreamBuilder busy_machine();

// What the traced system can put into names: escapes, newlines, invalid UTF-8, a formula.
StreamBuilder hostile_names();

// A ring that was full for a while, records that came late, and one that is no record.
StreamBuilder losses();

// A kernel without sched_info: stamps at wake-ups and preemptions.
StreamBuilder fallback();

// A server with a worker that reads from disk and a child that copies, crashes and ends; two
// records lost.
StreamBuilder forking_server();

}  // namespace hoodtrace::golden
