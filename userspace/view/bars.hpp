// SPDX-License-Identifier: GPL-2.0-or-later
// A histogram as lines of bars, for a terminal or a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace {

// counts[i] = values in [2^i, 2^(i+1)) nanoseconds.
std::vector<std::string> duration_bars(const std::string& title,
                                       const std::vector<std::uint64_t>& counts);

}  // namespace hoodtrace
