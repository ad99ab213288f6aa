// SPDX-License-Identifier: GPL-2.0-or-later
// The streams that the golden reports of the page cache are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// A build and a backup on one disk, kswapd and a cgroup's limit, files of every kind.
StreamBuilder cache_pressure();

// A kernel that reports only adds and evictions, and one file with a hostile name.
StreamBuilder cache_old_kernel();

}  // namespace hoodtrace::golden
