// SPDX-License-Identifier: GPL-2.0-or-later
// The why report for a person: a block of lines per row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/names/who_table.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"
#include "view/why/rows.hpp"

namespace hoodtrace {

// At most `width` columns wide; 0 = any.
std::vector<Line> why_lines(const std::vector<WhyRow>& rows, const WhoTable& names, Grouping by,
                            std::size_t width);

// "10.000 000 000 s"
std::string exact_seconds(std::uint64_t ns);

}  // namespace hoodtrace
