// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/row_order.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace hoodtrace {

// Numbers largest first; texts and ids smallest first. What was not measured comes last.
void RowOrder::sort_rows(const Table& table) {
  const std::optional<std::size_t> column = place_of(table, sort_);
  if (!column) {
    std::stable_partition(rows_.begin(), rows_.end(), [](const Row& row) { return row.is_pinned; });
    if (is_reversed_) std::reverse(rows_.begin(), rows_.end());
    return;
  }
  const Unit unit = table.columns[*column].unit;
  const bool upwards = (unit == Unit::kText || unit == Unit::kId) != is_reversed_;
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    if (a.is_pinned != b.is_pinned) return a.is_pinned;
    const Cell& x = a.cells[*column];
    const Cell& y = b.cells[*column];
    if (x.index() == 0 || y.index() == 0) return y.index() == 0 && x.index() != 0;
    return upwards ? x < y : y < x;
  });
}

void RowOrder::arrange(const Table& table, const RowFilter& filter, bool rests) {
  std::vector<Row> before = std::exchange(rows_, {});
  const std::size_t was_selected = selected_;
  bool is_filtered = false;  // the selected one
  for (const auto& cells : table.rows) {
    std::string key = row_key(table, cells);
    const bool is_pinned = pinned_.contains(key);
    if (!is_pinned && !filter.admits(table, cells)) {
      is_filtered = is_filtered || key == selected_key_;
      continue;
    }
    rows_.push_back({cells, std::move(key), false, is_pinned});
  }
  sort_rows(table);
  const auto find = [this](const std::string& key) {
    return std::find_if(rows_.begin(), rows_.end(),
                        [&key](const Row& row) { return row.key == key; });
  };
  if (rests) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < before.size(); i++) places.emplace(before[i].key, i);
    const auto place = [&](const Row& row) {
      const auto at = places.find(row.key);
      return at == places.end() ? before.size() : at->second;
    };
    std::stable_sort(rows_.begin(), rows_.end(),
                     [&](const Row& a, const Row& b) { return place(a) < place(b); });
  }
  // The selected one is shown as it was last when it is not there any more.
  if (selected_key_ && !is_filtered && find(*selected_key_) == rows_.end()) {
    const auto was = std::find_if(before.begin(), before.end(),
                                  [this](const Row& row) { return row.key == *selected_key_; });
    if (was != before.end() && was->cells.size() == table.columns.size()) {
      was->is_gone = true;
      rows_.insert(
          rows_.begin() + static_cast<std::ptrdiff_t>(std::min(was_selected, rows_.size())),
          std::move(*was));
    }
  }
  const auto at = selected_key_ ? find(*selected_key_) : rows_.end();
  selected_ = at != rows_.end() ? static_cast<std::size_t>(at - rows_.begin())
                                : std::min(was_selected, rows_.empty() ? 0 : rows_.size() - 1);
}

void RowOrder::select(std::size_t place) {
  if (rows_.empty()) return;
  selected_ = std::min(place, rows_.size() - 1);
  selected_key_ = rows_[selected_].key;
}

void RowOrder::pin() {
  if (rows_.empty()) return;
  const std::string& key = rows_[selected_].key;
  if (pinned_.erase(key) == 0) pinned_.insert(key);
}

void RowOrder::sort_by_neighbour(const std::vector<std::string>& keys, bool next) {
  if (keys.empty()) return;
  const auto at = std::find(keys.begin(), keys.end(), sort_);
  const auto place = static_cast<std::size_t>(at - keys.begin());
  is_reversed_ = false;
  if (at == keys.end()) {
    sort_ = keys.front();
    return;
  }
  sort_ = keys[(place + (next ? 1 : keys.size() - 1)) % keys.size()];
}

}  // namespace hoodtrace
