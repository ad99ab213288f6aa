// SPDX-License-Identifier: GPL-2.0-or-later
// CPU quotas: the counters of each group, and how long which tasks waited because of them.
//
// A queue is found to be throttled when a task leaves its CPU there, or is woken up to it. Others that wait
// on the queue by then have no record of it: their part is found from when it was throttled.
//
// Two different times. The kernel's throttled time (cpu.stat) is of queues: of each CPU's queue of the
// group, from when it was throttled to when it got runtime again. A task's is from when it lost the CPU (or
// was woken up) on a throttled queue to its next run: of three tasks on a queue it is up to three times as
// much, and it contains the wait for the CPU after the queue got runtime again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/pressures.hpp"

namespace hoodtrace {

struct QuotaWaits {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;  // those that go on included, up to now
  std::uint64_t max_ns = 0;

  void add(std::uint64_t wait_ns);
  void merge(const QuotaWaits& other);
};

struct QuotaGroup {
  std::uint64_t quota_ns = 0;
  std::uint64_t period_ns = 0;
  std::uint64_t burst_ns = 0;
  bool has_bursts = false;
  // Growth in the interval, by the kernel.
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  std::uint64_t throttled_ns = 0;
  // The same from the events: on each CPU from where a task met the throttled queue to the next run of one
  // of the group's tasks there. As the kernel does, it counts the whole of it when it ends
  // (unthrottle_cfs_rq(), kernel/sched/fair.c).
  std::uint64_t queue_ns = 0;
  std::uint64_t bursts = 0;
  std::uint64_t burst_used_ns = 0;
  QuotaWaits waits;         // of its tasks, from the events
  std::uint64_t tasks = 0;  // that waited
  PressureGrowth pressure;
};

struct QuotaTask {
  TaskId task = kNoTask;
  std::uint64_t cgroup_id = 0;  // whose quota it was; as in ht_quota
  QuotaWaits waits;
};

class QuotaTracker {
 public:
  explicit QuotaTracker(const TaskTable& tasks) : tasks_(tasks), pressures_(tasks) {}

  void on(const ht_session& session);
  void on(const ht_quota& record);
  void on(const ht_quota_wait& record);
  void on(const ht_pressure& record);
  void on(const ht_switch& record);
  void on(const ht_task_end& end);
  void on(const ht_lost& lost);

  // Waits that go on are counted up to now, for a report.
  void settle(std::uint64_t now_ns);
  void begin_interval(std::uint64_t now_ns);
  // The TaskTable is about to forget it.
  void fold(TaskId task);

  [[nodiscard]] std::map<std::uint64_t, QuotaGroup> groups() const;
  // With a wait, in no order. Those that were forgotten are one, without a task, for each group.
  [[nodiscard]] std::vector<QuotaTask> waits() const;
  // The pressure of the whole system, by the kernel.
  [[nodiscard]] std::optional<std::uint64_t> system_some_ns() const;

 private:
  // When the group's queue on one CPU was throttled.
  struct Throttle {
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;  // 0 = it still is
  };
  struct Group {
    std::optional<ht_quota> first;  // of the interval
    ht_quota last{};
    std::uint64_t queue_ns = 0;
    std::map<std::uint16_t, std::deque<Throttle>> throttles;  // by CPU, the newest last
  };
  struct Key {
    TaskId task;
    std::uint64_t cgroup_id;
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr)
  };
  struct Open {
    std::uint64_t since_ns = 0;  // counted from here
    std::uint64_t cgroup_id = 0;
    std::uint64_t begin_ns = 0;
  };

  void end_wait(TaskId task, std::uint64_t now_ns);
  // A task of the group runs there: the queue has runtime again.
  void end_throttle(Group& group, std::uint16_t cpu, std::uint64_t now_ns);
  // Of a wait on that CPU the part in which the queue was throttled.
  static std::uint64_t throttled_in(const Group& group, std::uint16_t cpu, std::uint64_t begin_ns,
                                    std::uint64_t end_ns);
  void count_queued(const ht_switch& record, TaskId task);

  const TaskTable& tasks_;
  std::map<std::uint64_t, Group> groups_;
  std::map<Key, QuotaWaits> waits_;
  std::map<TaskId, Open> open_;
  std::map<TaskId, std::uint64_t> group_of_;  // of tasks that have met a throttled queue
  std::uint64_t from_ns_ = 0;                 // the interval's begin
  PressureTracker pressures_;
  bool exact_ = false;
};

}  // namespace hoodtrace
