// SPDX-License-Identifier: GPL-2.0-or-later
// What the fair class gave each task and what the task was due, from the records of bpf/sched/fair.bpf.c.
//
// A task was due, between two moments at which it was on the same queue, its weight times the growth
// of that queue's virtual time (events/fair.h). Queued from a wake-up, or from the end of a run after
// which it stayed runnable, to the end of its next run. A wait that began on another queue is not
// counted: what the task was due there is not known. Nor is one in which its weight changed (its nice value,
// its policy): when it did, no record says.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/fair_stats.hpp"

namespace hoodtrace {

class FairTracker {
 public:
  explicit FairTracker(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_fair& record);
  void on(const ht_task_new& born);
  void on(const ht_lost& lost);

  // The counts begin from zero; where tasks are queued stays known.
  void begin_interval();
  // The TaskTable is about to forget it.
  void fold(TaskId task);

  // Null when there is no record of it in the span.
  [[nodiscard]] const FairStats* stats(TaskId task) const;
  [[nodiscard]] const FairState& state(TaskId task) const { return by_task_[task].state; }
  [[nodiscard]] const FairStats& ended_others() const { return folded_; }
  [[nodiscard]] std::uint64_t ended_others_count() const { return folded_count_; }

 private:
  struct Queued {
    std::uint32_t queue = 0;  // 0 = it is not, or where is not known
    std::uint64_t at = 0;     // that queue's virtual time
    std::uint32_t weight = 0;
    std::optional<std::int64_t> owed_ns;
  };
  struct TaskFair {
    FairStats stats;
    FairState state;
    Queued queued;
    bool slept_delayed = false;
  };

  TaskFair* of(const ht_fair& record);
  static void end_run(const ht_fair& record, TaskFair& task);
  static void count_lag(const ht_fair& record, TaskFair& task);

  const TaskTable& tasks_;
  std::vector<TaskFair> by_task_;
  FairStats folded_;
  std::uint64_t folded_count_ = 0;
};

}  // namespace hoodtrace
