// SPDX-License-Identifier: GPL-2.0-or-later
// Which columns of a table a terminal has space for, and how wide they are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "view/table.hpp"

namespace hoodtrace {

inline constexpr std::size_t kColumnGap = 2;

struct TableLayout {
  std::vector<std::size_t> shown;   // columns of the table, in order
  std::vector<std::size_t> widths;  // of each column of the table, shown or not
};

// `texts` has a row of printable cells per row of the table. `width` 0: any. Too wide for it: the last
// text column shrinks, but not below `least_last_text`; then columns of high rank go, then long names
// are cut.
TableLayout lay_out(const std::vector<Column>& columns,
                    const std::vector<std::vector<std::string>>& texts, std::size_t width,
                    std::size_t least_last_text = 14);

// The cells of one row side by side; numbers at the right of their columns. The last text is not
// padded.
std::string laid_out_line(const TableLayout& layout, const std::vector<Column>& columns,
                          const std::vector<std::string>& texts);

}  // namespace hoodtrace
