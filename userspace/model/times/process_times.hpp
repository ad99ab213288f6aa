// SPDX-License-Identifier: GPL-2.0-or-later
// How each process spent its time: strips to be drawn, and sums, from the switches; and whom it
// waited behind, from the waits that the SchedTracker measured.
//
// A process is known by (pid, start time). The first kLimit processes have a strip, and no others.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/ranking.hpp"
#include "model/sched/tracker.hpp"
#include "model/times/state_strip.hpp"
#include "model/times/task_spans.hpp"

namespace hoodtrace {

struct ProcessTime {
  std::uint32_t pid = 0;
  std::uint64_t start_boottime_ns = 0;  // 0 = not known
  StateStrip strip;
  std::uint64_t ns[kTaskTimes] = {};  // by TaskTime
  std::uint64_t waits = 0;
  std::uint64_t longest_wait_ns = 0;
  Ranking behind;
  std::uint64_t faults = 0;  // marks of the strip
  std::uint64_t major_faults = 0;
};

class ProcessTimes {
 public:
  static constexpr std::size_t kLimit = 8192;

  explicit ProcessTimes(const TaskTable& tasks) : tasks_(tasks) {}

  // After the TaskTable.
  void on_wait(const LongWait& wait);
  void on(const ht_switch& record);
  void on(const ht_wakeup& wakeup) { threads_.wake(tasks_.find(wakeup.head.tid), wakeup); }
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_end& end);
  void on(const ht_fault& fault);
  void on(const ht_lost& lost);
  // Adds the open spans up to now.
  void settle(std::uint64_t now_ns) { add(threads_.cut_all(now_ns)); }
  // The TaskTable is about to forget a task.
  void fold(TaskId task) { threads_.end(task); }

  // pid → places; valid until the next record.
  using Index = std::unordered_multimap<std::uint32_t, std::uint32_t>;
  [[nodiscard]] Index index() const;
  // Nothing when the process has no strip.
  [[nodiscard]] const ProcessTime* find(const Index& index, std::uint32_t pid,
                                        std::uint64_t start_boottime_ns) const;

 private:
  // Owners of spans: an index of processes_ and one, or a process that has no strip.
  static constexpr TaskSpans::Owner kTooMany = 0xffffffff;

  TaskSpans::Owner owner_of(TaskId id);
  ProcessTime* process_of(TaskSpans::Owner owner);
  void add(TaskSpans::Ended spans);

  const TaskTable& tasks_;
  TaskSpans threads_;
  std::vector<ProcessTime> processes_;
  std::unordered_map<std::uint32_t, TaskSpans::Owner> by_pid_;
};

}  // namespace hoodtrace
