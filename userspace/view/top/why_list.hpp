// SPDX-License-Identifier: GPL-2.0-or-later
// Where the time went as a flat list: a row per thread and cause, with the cause in words.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/why/tracker.hpp"
#include "view/table.hpp"

namespace hoodtrace {

// At most `most` rows, the longest first; time on a CPU and waits for work only after all others.
// `interval_ns`: what the shares are of.
Table why_list(const WhyTracker& tracker, std::uint64_t interval_ns, std::size_t most);

}  // namespace hoodtrace
