// SPDX-License-Identifier: GPL-2.0-or-later
// The streams that golden reports of why are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// 100 ms of a database: a worker that is preempted, reads from disk, waits for a lock whose holder
// syncs a file, faults, and waits for a client; the holder; a loader with mmap_lock; a leader that does
// nothing, and a pool of nine threads without work.
StreamBuilder slow_database();

// Escapes, newlines, invalid UTF-8 and a formula in comms, paths, an anonymous inode's name and a
// function of the kernel.
StreamBuilder hostile_causes();

// A worker that is woken by 200 clients, waits behind 100 tasks and reads 100 files, each briefly.
StreamBuilder many_causes();

}  // namespace hoodtrace::golden
