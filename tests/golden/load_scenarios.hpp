// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace::golden {

// 10 s of the whole system: a process in disk wait, one in D for another reason, one that runs half of the
// time, and one that waits behind it. The kernel samples twice.
StreamBuilder loaded_machine();

}  // namespace hoodtrace::golden
