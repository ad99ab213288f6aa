// SPDX-License-Identifier: GPL-2.0-or-later
// The streams that the golden reports of disk are made from.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// A reader, a writer with fsync and the flusher on one disk; a file with a hostile name.
StreamBuilder busy_disk();

}  // namespace hoodtrace::golden
