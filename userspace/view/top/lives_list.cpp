// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/lives_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "view/procs/view.hpp"
#include "view/top/snapshot.hpp"

namespace hoodtrace {
namespace {

struct Shown {
  std::string_view key;
  std::string_view heading;
  Unit unit;
  int rank;
};

// In this order; all other columns of the table are not drawn.
constexpr std::array kShown = {
    Shown{"pid", "PID", Unit::kId, 1},          Shown{"parent_pid", "PARENT", Unit::kId, 3},
    Shown{"comm", "COMM", Unit::kText, 1},      Shown{"unit", "UNIT", Unit::kText, 5},
    Shown{"age_ns", "AGE", Unit::kNs, 1},       Shown{"outcome", "OUTCOME", Unit::kText, 1},
    Shown{"zombie_ns", "ZOMBIE", Unit::kNs, 4}, Shown{"threads", "THREADS", Unit::kCount, 6},
    Shown{"on_cpu_ns", "ON-CPU", Unit::kNs, 2}, Shown{"wait_ns", "WAIT", Unit::kNs, 3},
    Shown{"argv", "COMMAND", Unit::kText, 1},   Shown{"start_ns", "START", Unit::kId, 0},
    Shown{"file", "FILE", Unit::kText, 0},      Shown{"exit_ns", "EXIT", Unit::kId, 0},
    Shown{"reaped_ns", "REAPED", Unit::kId, 0}};

Cell outcome(const Table& table, const std::vector<Cell>& row) {
  if (const auto signal = number_at(table, row, "exit_signal"))
    return fmt::format("signal {}", *signal);
  if (const auto code = number_at(table, row, "exit_code")) return fmt::format("exit {}", *code);
  return std::string("lives");
}

Cell cell_of(const Shown& shown, const Table& table, const std::vector<Cell>& row,
             std::uint64_t now_ns) {
  if (shown.key == "outcome") return outcome(table, row);
  if (shown.key == "age_ns") {
    const auto start_ns = number_at(table, row, "start_ns");
    if (!start_ns) return {};
    const std::uint64_t end_ns = number_at(table, row, "exit_ns").value_or(now_ns);
    return end_ns - std::min(end_ns, *start_ns);
  }
  const std::optional<std::size_t> place = place_of(table, shown.key);
  return place ? row[*place] : Cell();
}

}  // namespace

Table lives_list(const LifecycleTracker& tracker, const TaskTable& tasks, std::uint64_t now_ns) {
  const Table all = procs_table({tracker, tasks, {}, 0, now_ns});
  Table table;
  for (const Shown& shown : kShown)
    table.columns.push_back(
        {std::string(shown.key), std::string(shown.heading), shown.unit, shown.rank});
  for (auto row = all.rows.rbegin(); row != all.rows.rend(); ++row) {
    auto& cells = table.rows.emplace_back();
    for (const Shown& shown : kShown) cells.push_back(cell_of(shown, all, *row, now_ns));
  }
  return table;
}

}  // namespace hoodtrace
