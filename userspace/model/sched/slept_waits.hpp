// SPDX-License-Identifier: GPL-2.0-or-later
// Takes sleep out of the kernel's count of waits, before anybody reads it.
//
// A sleeper whose dequeue is delayed (6.12 on) can be moved to another run queue. The kernel begins its
// wait there (sched_info_enqueue(), kernel/sched/stats.h), so that run_delay has the rest of its sleep as
// well (docs/kernel-notes.md, 137). Its wait begins with its wake-up, when that is recorded. Else how long it
// waited is not known.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/stream_account.hpp"

namespace hoodtrace {

class SleptWaits {
 public:
  // Both must outlive it.
  SleptWaits(const TaskTable& tasks, StreamAccount& account) : tasks_(tasks), account_(account) {}

  // The event without sleep in its waits and in run_delay; a wait that is not known is HT_UNKNOWN_NS.
  // Valid until the next call. Nothing: it tells only what happened in such a sleep. After the TaskTable.
  std::optional<Event> corrected(const Event& event);
  // The TaskTable is about to forget a task.
  void fold(TaskId task);

  // ---- for who takes switches CPU by CPU (LaneTracker) ----
  // A task was moved in its sleep, and has not run since: its switches need corrected().
  [[nodiscard]] bool is_asleep(TaskId task) const {
    return !sleepers_.empty() && sleepers_.contains(task);
  }
  // Room for on_coming() of all tasks.
  void make_room();
  // corrected() of a switch to a task that is not asleep. Several threads can call it, each for other tasks.
  // The record itself, or `copy`.
  const ht_switch& on_coming(const ht_switch& record, TaskId task, ht_switch& copy);

 private:
  // A task that was moved in its sleep, until it runs.
  struct Sleeper {
    std::uint64_t moved_ns = 0;  // the last time
    std::uint64_t woken_ns = 0;  // 0 = not yet, or not recorded
    bool has_run = false;        // and no switch shows that it came
  };
  struct Excess {
    std::uint64_t start_boottime_ns = 0;
    std::uint64_t ns = 0;
  };

  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  [[nodiscard]] std::uint64_t& accounted(TaskId task);
  [[nodiscard]] std::uint64_t excess(TaskId task) const;
  void take_off(TaskId task, std::uint64_t ns);
  void on(const ht_migrate& record);
  void on(const ht_waking& record);
  void on(const ht_lost& lost);
  void begin(const ht_task& record);
  std::optional<Event> correct(const ht_switch& record);
  void correct_wait(TaskId task, const Sleeper& sleeper, std::uint64_t before_ns);
  // A record with counters of a task in it.
  template <class Record>
  Event correct_counters(const Record& record, Record& copy);

  const TaskTable& tasks_;
  StreamAccount& account_;
  std::unordered_map<TaskId, Sleeper> sleepers_;
  std::unordered_map<TaskId, Excess> excess_;  // of run_delay, so far
  std::vector<std::uint64_t>
      accounted_;  // by TaskId: its run_delay after its last switch-in; kUnknown
  ht_switch switch_{};
  ht_task_seen seen_{};
  ht_task_books books_{};
  ht_task_end end_{};
  ht_exit exit_{};
};

}  // namespace hoodtrace
