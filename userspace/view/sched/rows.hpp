// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of the sched report, and the one list of their columns.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/names/task_table.hpp"
#include "model/sched/tracker.hpp"
#include "view/columns.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {

// What is shown in a row: what the tracker knows of one task, not copied, or the sum of several.
class RowStats {
 public:
  RowStats() = default;
  explicit RowStats(const SchedStats& of_one) : shown_(&of_one) {}

  void merge(const RowStats& other);
  const SchedStats& operator*() const { return *shown_; }
  const SchedStats* operator->() const { return shown_; }

 private:
  const SchedStats* shown_ = nullptr;
  std::unique_ptr<SchedStats> sum_;
};

// A row: one task, or several with the same process, comm or cgroup.
struct SchedRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  RowStart started;
  std::optional<SchedClass> sched_class;
  std::optional<TaskState> state;  // at the end of the span
  RowStats stats;
  bool wakers = false;
  bool has_iowait = false;
  bool has_dispatch = false;
  const WhoTable* names = nullptr;
};

// SCHED_*: "OTHER".
std::string policy_name(std::uint8_t policy);

using SchedColumn = ColumnOf<SchedRow>;

// In the order of the JSON schema.
std::span<const SchedColumn> sched_columns();

// Of the threads that neither ran nor waited at most `most` have a row, and the one that has this tid.
struct IdleRows {
  std::size_t most = ~std::size_t{0};
  std::uint32_t always = 0;  // 0 = none
  std::size_t shown = 0;     // filled in, as is what follows
  std::size_t left_out = 0;
};

// One per task, process, comm or cgroup that did anything; tasks that were forgotten are one more.
// The rows refer to both, and are valid until these change.
std::vector<SchedRow> make_sched_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                      Grouping by);
std::vector<SchedRow> make_sched_rows(const SchedTracker& tracker, const TaskTable& tasks,
                                      Grouping by, IdleRows& idle);

}  // namespace hoodtrace
