// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/table_layout.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

std::size_t line_width(const TableLayout& layout) {
  std::size_t width = 0;
  for (const std::size_t column : layout.shown) width += layout.widths[column] + kColumnGap;
  return width < kColumnGap ? 0 : width - kColumnGap;
}

}  // namespace

TableLayout lay_out(const std::vector<Column>& columns,
                    const std::vector<std::vector<std::string>>& texts, std::size_t width,
                    std::size_t least_last_text) {
  constexpr std::size_t kLeastText = 14;
  TableLayout layout;
  std::vector<std::size_t>& shown = layout.shown;
  std::vector<std::size_t>& widths = layout.widths;
  for (std::size_t i = 0; i < columns.size(); i++) {
    widths.push_back(display_width(columns[i].heading));
    if (columns[i].rank > 0) shown.push_back(i);
  }
  for (const auto& row : texts)
    for (std::size_t i = 0; i < row.size(); i++)
      widths[i] = std::max(widths[i], display_width(row[i]));
  if (width == 0) return layout;

  while (shown.size() > 1 && line_width(layout) > width) {
    const std::size_t last = shown.back();
    const std::size_t excess = line_width(layout) - width;
    if (columns[last].unit == Unit::kText && widths[last] >= least_last_text + excess) {
      widths[last] -= excess;
      break;
    }
    // Of several that matter least, the one furthest to the right.
    const auto least = std::max_element(
        shown.begin(), shown.end(),
        [&](std::size_t a, std::size_t b) { return columns[a].rank <= columns[b].rank; });
    if (columns[*least].rank <= 1) break;
    shown.erase(least);
  }
  while (line_width(layout) > width) {
    const auto text_width = [&](std::size_t i) {
      return columns[i].unit == Unit::kText ? widths[i] : 0;
    };
    const std::size_t widest = *std::max_element(
        shown.begin(), shown.end(),
        [&](std::size_t a, std::size_t b) { return text_width(a) < text_width(b); });
    if (text_width(widest) <= kLeastText) break;
    widths[widest]--;
  }
  return layout;
}

std::string laid_out_line(const TableLayout& layout, const std::vector<Column>& columns,
                          const std::vector<std::string>& texts) {
  std::string out;
  for (const std::size_t i : layout.shown) {
    const std::size_t width = layout.widths[i];
    std::string text = texts[i];
    if (display_width(text) > width) text = cut_to_width(text, width);
    const std::string pad(width - std::min(width, display_width(text)), ' ');
    if (!out.empty()) out += std::string(kColumnGap, ' ');
    const bool is_text = columns[i].unit == Unit::kText;
    out += is_text ? text + (i == layout.shown.back() ? "" : pad) : pad + text;
  }
  return out;
}

}  // namespace hoodtrace
