// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of one screen in the order in which they are shown, and which of them is selected.
//
// A row is the same one in the next interval when its key is (snapshot.hpp), whatever its place. After
// a key the order rests, so that nobody opens another row than the one that was looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "view/top/filter.hpp"
#include "view/top/snapshot.hpp"

namespace hoodtrace {

class RowOrder {
 public:
  // By the column `sort`: numbers largest first, texts and ids smallest first; or the other way round.
  explicit RowOrder(std::string sort, bool is_reversed = false)
      : sort_(std::move(sort)), is_reversed_(is_reversed) {}

  struct Row {
    std::vector<Cell> cells;
    std::string key;
    bool is_gone = false;  // of an earlier interval, and still selected
    bool is_pinned = false;
  };

  // Puts the table's rows in order. While `rests` those that were there keep their places, and new
  // ones follow.
  void arrange(const Table& table, const RowFilter& filter, bool rests);

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  // Of rows(); 0 when there are none.
  [[nodiscard]] std::size_t selected() const { return selected_; }
  void select(std::size_t place);
  // Selects the row with that key as soon as there is one.
  void select_key(std::string key) { selected_key_ = std::move(key); }
  void pin();

  // The column by which it is sorted: its key.
  [[nodiscard]] const std::string& sort() const { return sort_; }
  [[nodiscard]] bool is_reversed() const { return is_reversed_; }
  // The next of these columns, or the one before.
  void sort_by_neighbour(const std::vector<std::string>& keys, bool next);
  void reverse() { is_reversed_ = !is_reversed_; }

 private:
  void sort_rows(const Table& table);

  std::string sort_;
  bool is_reversed_ = false;
  std::vector<Row> rows_;
  std::optional<std::string> selected_key_;
  std::size_t selected_ = 0;
  std::set<std::string> pinned_;  // keys
};

}  // namespace hoodtrace
