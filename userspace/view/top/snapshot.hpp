// SPDX-License-Identifier: GPL-2.0-or-later
// One interval as `top` shows it: the tables of all screens, and what the head line says. It does not
// change once it is made, so that the screen may draw it while the next one is counted.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "view/table.hpp"
#include "view/top/screens.hpp"

namespace hoodtrace {

// Sums over all rows, for the lines of the last minutes; nothing for a family that is not traced.
struct Totals {
  std::optional<std::uint64_t> on_cpu_ns;
  std::optional<std::uint64_t> wait_ns;
  std::optional<std::uint64_t> throttled_ns;
  std::optional<std::uint64_t> faults;
  std::optional<std::uint64_t> major_faults;
  std::optional<std::uint64_t> pages_added;
};

// The task that a row is about. A number is reused and a name changes: the start tells tasks apart.
struct TaskOfRow {
  std::optional<std::uint64_t> tid;  // of a thread; nothing: the row is of a whole process
  std::optional<std::uint64_t> pid;
  std::optional<std::uint64_t> start_ns;  // nothing = not known
};
// How many waits of a row were in [2^i, 2^(i+1)) ns, as pairs of i and the count.
using WaitCounts = std::vector<std::pair<std::uint8_t, std::uint32_t>>;

// What happened to one task, in order.
struct TaskMoments {
  struct Moment {
    std::uint64_t time_ns = 0;
    std::string text;  // printable
  };
  TaskOfRow task;
  std::vector<Moment> last;
  std::uint64_t earlier = 0;  // that are not kept
};

struct Snapshot {
  std::uint64_t from_ns = 0;  // CLOCK_BOOTTIME
  std::uint64_t until_ns = 0;
  std::int64_t wall_offset_ns = 0;  // add it to get CLOCK_REALTIME
  std::uint64_t seen = 0;
  std::map<std::string, std::uint64_t> lost;  // StreamAccount::lost
  std::uint64_t undecodable = 0;
  std::optional<bool> audit_is_equal;  // nothing: there was nothing to compare
  double own_share = 0;                // CPUs that hoodtrace itself used
  Totals totals;
  // By ScreenId; nothing for a family that is not traced.
  std::array<std::optional<Table>, kScreenCount> tables;
  std::vector<WaitCounts> waits;       // of the rows of Tasks
  std::optional<TaskMoments> moments;  // of the task whose page was open

  [[nodiscard]] std::uint64_t length_ns() const { return until_ns - from_ns; }
  [[nodiscard]] const Table* table(ScreenId screen) const {
    const auto& table = tables[index_of(screen)];
    return table ? &*table : nullptr;
  }
  // An estimate of the memory that it takes.
  [[nodiscard]] std::size_t bytes() const;
};

// ---- a table's cells by the key of their column ----

// The place of a column; nothing when there is none.
std::optional<std::size_t> place_of(const Table& table, std::string_view key);
// The text of a cell, "" when it is none; not printable yet.
std::string_view text_at(const Table& table, const std::vector<Cell>& row, std::string_view key);
// The number of a cell; nothing when it is none.
std::optional<std::uint64_t> number_at(const Table& table, const std::vector<Cell>& row,
                                       std::string_view key);
// Of a row of tasks: how long it waited for a CPU within the interval. A wait is in wait_ns when it ends,
// with what was before the interval (wait_outside_ns), and without a wait that goes on (wait_open_ns).
std::uint64_t wait_within(const Table& table, const std::vector<Cell>& row);
// Nothing when the row is about no task.
std::optional<TaskOfRow> task_of_row(const Table& table, const std::vector<Cell>& row);
// The same thread, or the same process. A start that is not known is taken for the same.
bool is_same_task(const TaskOfRow& a, const TaskOfRow& b);

// What makes the row the same one in the next interval: the task and its start, or other ids and names;
// not its place.
std::string row_key(const Table& table, const std::vector<Cell>& row);

}  // namespace hoodtrace
