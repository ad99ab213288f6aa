// SPDX-License-Identifier: GPL-2.0-or-later
// Plain rows under named columns: what views make and renderers print.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hoodtrace {

// kId is a number that names something, such as a tid.
enum class Unit { kText, kId, kCount, kNs, kBytes, kShare };

// Nothing = not measured, or does not apply.
using Cell = std::variant<std::monostate, std::uint64_t, std::int64_t, double, std::string>;

struct Column {
  std::string key;      // as in JSON and CSV
  std::string heading;  // for a person
  Unit unit = Unit::kText;
  // 0 = not in the text table; else the higher it is the sooner a narrow terminal leaves it out.
  int rank = 1;
};

struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::size_t hidden_rows = 0;  // left out by --top
};

}  // namespace hoodtrace
