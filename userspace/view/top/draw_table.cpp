// SPDX-License-Identifier: GPL-2.0-or-later
// Browser: the table of a screen, or why there is none.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "view/cell_text.hpp"
#include "view/table_layout.hpp"
#include "view/top/browser.hpp"

namespace hoodtrace {
namespace {

// A column that no row has a value in, such as what needs the whole system, is not shown; the one that the
// rows are sorted by is the last to go.
std::vector<Column> columns_with_values(const Table& table, std::optional<std::size_t> sorted) {
  std::vector<Column> columns = table.columns;
  if (table.rows.empty()) return columns;
  for (std::size_t i = 0; i < columns.size(); i++)
    if (std::all_of(table.rows.begin(), table.rows.end(),
                    [i](const std::vector<Cell>& row) { return row[i].index() == 0; }))
      columns[i].rank = 0;
  if (sorted && columns[*sorted].rank > 1) columns[*sorted].rank = 1;
  return columns;
}

}  // namespace

void Browser::draw_absence(Frame& frame, std::size_t row) const {
  const std::string_view title = kScreens[index_of(screen_)].title;
  if (wanted_) {
    frame.put(row, 2, fmt::format("{}: attaching what it needs ...", title));
    return;
  }
  frame.put(row, 2, fmt::format("{} is not traced.", title));
  if (!facts_.from.empty())
    frame.put(row + 1, 2, "The recording does not have it.");
  else if (!facts_.can_attach)
    frame.put(row + 1, 2, "A command is started once: name the families with --families.");
  else
    frame.put(row + 1, 2, "Enter attaches what it needs; tracing begins anew.");
}

std::string Browser::table_heading(const Table& table) const {
  const Screen& screen = screens_[index_of(screen_)];
  const std::optional<std::size_t> sorted = place_of(table, screen.order.sort());
  std::string heading = "sort: the longest delays first, idle and on CPU last";
  if (sorted) {
    const Column& column = table.columns[*sorted];
    const bool is_upwards =
        (column.unit == Unit::kText || column.unit == Unit::kId) != screen.order.is_reversed();
    heading = fmt::format("sort: {}, {}", column.heading,
                          column.unit == Unit::kText ? is_upwards ? "A to Z" : "Z to A"
                          : is_upwards               ? "smallest first"
                                                     : "largest first");
  }
  if (screen_ == ScreenId::kTasks && by_ != Grouping::kThread)
    heading += fmt::format("  by {}", grouping_word(by_));
  if (!screen.unit.empty()) heading += "  in: " + printable(screen.unit);
  if (!screen.filter_text.empty()) heading += "  filter: " + screen.filter_text;
  if (followed_)
    heading +=
        fmt::format("  following: {}{}", followed_name_, followed_is_here_ ? "" : ", not here now");
  if (table.hidden_rows > 0) heading += fmt::format("  ({} rows more)", table.hidden_rows);
  return heading;
}

void Browser::draw_table(Frame& frame, std::size_t from, std::size_t until) {
  if (history_.shown() == nullptr) return;
  const Table* table = this->table();
  if (table == nullptr) {
    draw_absence(frame, from + 1);
    return;
  }
  Screen& screen = this->screen();
  const std::vector<RowOrder::Row>& rows = screen.order.rows();
  frame.put(from, 1, cut_to_width(table_heading(*table), frame.width() - 1), Role::kFaint);

  table_row_ = from + 2;
  page_rows_ = until > table_row_ ? until - table_row_ : 1;
  const std::size_t selected = screen.order.selected();
  if (selected < screen.first_row) screen.first_row = selected;
  if (selected >= screen.first_row + page_rows_) screen.first_row = selected - page_rows_ + 1;
  screen.first_row = std::min(screen.first_row, rows.empty() ? 0 : rows.size() - 1);
  const std::size_t last = std::min(rows.size(), screen.first_row + page_rows_);
  std::vector<std::vector<std::string>> texts;
  for (std::size_t i = screen.first_row; i < last; i++) {
    auto& line = texts.emplace_back();
    for (std::size_t column = 0; column < table->columns.size(); column++)
      line.push_back(column < rows[i].cells.size()
                         ? cell_text(rows[i].cells[column], table->columns[column].unit)
                         : "");
  }
  constexpr std::size_t kLeastLastText = 26;
  const std::vector<Column> columns =
      columns_with_values(*table, place_of(*table, screen.order.sort()));
  const TableLayout layout = lay_out(columns, texts, frame.width() - 1, kLeastLastText);
  std::vector<std::string> headings;
  for (const Column& column : columns) headings.push_back(column.heading);
  frame.put(from + 1, 1, laid_out_line(layout, columns, headings), Role::kStrong);
  for (std::size_t i = screen.first_row; i < last; i++) {
    const std::size_t row = table_row_ + i - screen.first_row;
    const RowOrder::Row& one = rows[i];
    frame.put(row, 0, one.is_pinned ? "*" : " ");
    frame.put(row, 1, laid_out_line(layout, columns, texts[i - screen.first_row]));
    if (one.is_gone) frame.paint(row, Role::kFaint);
    if (i == selected) frame.paint(row, one.is_gone ? Role::kSelectedFaint : Role::kSelected);
  }
  if (!rows.empty()) return;
  frame.put(table_row_, 2,
            screen.filter_text.empty() && screen.unit.empty()
                ? std::string(kScreens[index_of(screen_)].nothing)
                : "no row passes the filter; Esc takes it away",
            Role::kFaint);
}

}  // namespace hoodtrace
