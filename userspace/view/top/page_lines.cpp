// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/page_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hoodtrace {

void PageLines::gap() {
  if (!lines_.empty() && !lines_.back().empty()) lines_.emplace_back();
}

std::size_t PageLines::draw(Frame& frame, std::size_t from, std::size_t until,
                            std::size_t scroll) const {
  std::size_t end = lines_.size();
  while (end > 0 && lines_[end - 1].empty()) end--;
  const std::size_t space = until > from ? until - from : 0;
  const std::size_t first = std::min(scroll, end > space ? end - space : 0);
  for (std::size_t i = first; i < end && i - first < space; i++) {
    const std::size_t row = from + i - first;
    if (i + 1 - first == space && i + 1 < end) {
      frame.put(row, 0, fmt::format("-- {} lines more: Down, PgDn --", end - i), Role::kFaint);
      break;
    }
    for (const Piece& piece : lines_[i]) frame.put(row, piece.column, piece.text, piece.role);
  }
  return first;
}

}  // namespace hoodtrace
