// SPDX-License-Identifier: GPL-2.0-or-later
// What each family's tracker has of a slice.
#pragma once

#include <cstdint>
#include <string>

#include "model/cache/tracker.hpp"
#include "model/diff/samples.hpp"
#include "model/disk/tracker.hpp"
#include "model/faults/tracker.hpp"
#include "model/names/task_table.hpp"
#include "model/procs/tracker.hpp"
#include "model/sched/tracker.hpp"
#include "model/why/tracker.hpp"

namespace hoodtrace {

// "(unknown)" when it has no name.
std::string diff_comm(const Task& task);

inline bool is_nothing(double value) { return value == 0; }
inline bool is_nothing(const Histogram& values) { return values.count() == 0; }

// Adds the value to all, to the task's comm and to its unit.
template <class Value>
void add_of_task(DiffPiece& piece, DiffMetric metric, const Task& task, const TaskTable& tasks,
                 const Value& value) {
  // Most tasks do nothing in most slices.
  if (is_nothing(value)) return;
  piece.add({metric, DiffBy::kAll, ""}, value);
  piece.add({metric, DiffBy::kComm, diff_comm(task)}, value);
  if (const std::string_view unit = tasks.cgroup_path(task.cgroup_id); !unit.empty())
    piece.add({metric, DiffBy::kUnit, std::string(unit)}, value);
}

void collect_sched(const SchedTracker& tracker, const TaskTable& tasks, DiffPiece& piece);
void collect_faults(const FaultTracker& tracker, const TaskTable& tasks, DiffPiece& piece);
void collect_procs(const LifecycleTracker& tracker, std::uint64_t from_ns, std::uint64_t now_ns,
                   DiffPiece& piece);
void collect_cache(const CacheTracker& tracker, const TaskTable& tasks, DiffPiece& piece);
void collect_disk(const DiskTracker& tracker, DiffPiece& piece);
void collect_why(const WhyTracker& tracker, DiffPiece& piece);

}  // namespace hoodtrace
