// SPDX-License-Identifier: GPL-2.0-or-later
// A stream that golden reports of sched --quota, --irq, --realtime and --by cpu are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// On CPU 0 a service with a CPU quota beside an audio task of SCHED_FIFO; on CPU 1 a deadline task that
// uses up its runtime. Interrupts of a disk and a timer; a little stolen time.
StreamBuilder limited_machine();

}  // namespace hoodtrace::golden
