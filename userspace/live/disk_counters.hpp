// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's counts of each block device, at a moment at which they stood still: a request that ends
// while they are read could be on either side.
#pragma once

#include "stream/record_buffer.hpp"

namespace hoodtrace {

// A record for each device of which such a moment was found, with nothing on its way if there is one; a device that
// ends a request in every few microseconds may have none, and one on top of others is always with nothing on its
// way. The time of a record is that moment's.
void add_disk_counters(RecordBuffer& out);

}  // namespace hoodtrace
