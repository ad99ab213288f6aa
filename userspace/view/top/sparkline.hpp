// SPDX-License-Identifier: GPL-2.0-or-later
// A row of small bars.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hoodtrace {

// One column per value, the last `columns` of them; the largest is the highest bar, and 0 is blank.
std::string sparkline(const std::vector<double>& values, std::size_t columns, bool is_utf8);

// A horizontal bar of `share` (0 to 1) of `columns`, in eighths of a column with UTF-8.
std::string share_bar(double share, std::size_t columns, bool is_utf8);

}  // namespace hoodtrace
