// SPDX-License-Identifier: GPL-2.0-or-later
// The CPU pressure of groups between two moments: by the kernel (cpu.pressure), and from the switches.
//
// Both are of the same time: from the first reading of cpu.pressure in the interval, or from the last one of
// the interval before, to the newest one. Waits and runs that go on then count up to it, as the kernel counts
// them (get_recent_times(), kernel/sched/psi.c). Of these, the wait of a task that was woken up is not known
// before it runs: it counts when that has been seen. A group that has no cpu.pressure has the interval's own
// begin and end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/pressure.hpp"

namespace hoodtrace {

// Absent: not measured here.
struct PressureGrowth {
  std::optional<std::uint64_t> kernel_some_ns;
  std::optional<std::uint64_t> kernel_full_ns;
  std::optional<std::uint64_t> some_ns;  // from the switches
  std::optional<std::uint64_t> full_ns;
};

class PressureTracker {
 public:
  explicit PressureTracker(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_session& session);
  void on(const ht_quota& record);  // a group whose pressure is wanted
  void on(const ht_pressure& record);
  void on(const ht_switch& record);
  void on(const ht_task_end& end);
  // After a loss nothing is known from the switches until the next interval.
  void on_gap();

  void settle(std::uint64_t now_ns);
  void begin_interval(std::uint64_t now_ns);
  // The TaskTable is about to forget it.
  void fold(TaskId task);

  // cgroup_id: as in ht_pressure; 0 = the system.
  [[nodiscard]] PressureGrowth growth_of(std::uint64_t cgroup_id) const;

 private:
  struct Reading {
    std::uint64_t at_ns = 0;
    std::uint64_t some_us = 0;
    std::uint64_t full_us = 0;
    bool has_full = false;
  };
  struct Group {
    std::optional<Reading> first;  // of the interval
    Reading last;
    Pressure pressure;
    // At the last reading.
    std::uint64_t some_ns = 0;
    std::uint64_t full_ns = 0;
  };
  struct Run {
    TaskId task = kNoTask;
    std::uint64_t since_ns = 0;
  };
  struct Wait {
    std::uint16_t cpu = 0;
    std::uint64_t since_ns = 0;
  };

  Group& group(std::uint64_t cgroup_id);
  [[nodiscard]] bool has(std::uint64_t cgroup_id, TaskId task) const;
  template <class Visit>
  void for_groups_of(TaskId task, Visit visit);
  void end_wait(const ht_switch& record, TaskId task);
  void add_what_goes_on(std::uint64_t cgroup_id, Group& group, std::uint64_t now_ns);

  const TaskTable& tasks_;
  std::map<std::uint64_t, Group> groups_;
  std::vector<Run> runs_;         // by CPU: who runs
  std::map<TaskId, Wait> waits_;  // of tasks that left their CPU and were runnable
  std::uint64_t from_ns_ = 0;     // the interval's begin
  bool exact_ = false;
  bool has_gap_ = false;
};

}  // namespace hoodtrace
