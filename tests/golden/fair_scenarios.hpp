// SPDX-License-Identifier: GPL-2.0-or-later
// Streams of sched --fair that golden reports are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// A compiler of nice 0, a backup of nice 10 and a sleeper share a CPU.
StreamBuilder shared_cpu();

// The same two on a kernel without EEVDF.
StreamBuilder shared_cpu_old();

}  // namespace hoodtrace::golden
