// SPDX-License-Identifier: GPL-2.0-or-later
// What hoodtrace itself uses, from /proc/self.
#pragma once

#include "events.h"

namespace hoodtrace {

// Fills the own_ fields.
void read_own_process(ht_totals_end& end);

}  // namespace hoodtrace
