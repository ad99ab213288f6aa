// SPDX-License-Identifier: GPL-2.0-or-later
// Which rows of a table are shown: "wait>5ms comm:pg* redis".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "view/table.hpp"

namespace hoodtrace {

class RowFilter {
 public:
  // Shows all rows.
  RowFilter() = default;

  // Words with blanks between them; a row must fulfil all. COLUMN>VALUE and COLUMN<VALUE compare a
  // number, a duration (5ms) or a size (4M); COLUMN:TEXT and a TEXT alone are a pattern of * and ?
  // that any part of the column's text, or of one of the row's texts, matches. A column goes by its
  // heading or key, or by how one of them begins; large and small letters are the same. An error says
  // what is wrong with which word.
  static Result<RowFilter> parse(std::string_view text);

  // Only rows whose column, by its key, has exactly this text.
  void require(std::string key, std::string text);

  // A column that the table does not have excludes the row.
  [[nodiscard]] bool admits(const Table& table, const std::vector<Cell>& row) const;
  [[nodiscard]] bool is_empty() const { return words_.empty(); }

 private:
  struct Word {
    std::string column;  // "" = any
    char compare = ':';
    std::string pattern;
    double number = 0;  // of > and <: ns, bytes, a count, or a share of 1
  };
  static bool admits(const Word& word, const Table& table, const std::vector<Cell>& row);

  std::vector<Word> words_;
};

}  // namespace hoodtrace
