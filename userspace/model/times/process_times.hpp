// SPDX-License-Identifier: GPL-2.0-or-later
// How each process spent its time: strips to be drawn, and sums. Made from switches, and from the
// waits that the SchedTracker measured.
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

  // After the TaskTable. Of a switch, the wait that it ends comes first.
  void on(const ht_session& session);
  void on_wait(const LongWait& wait);
  void on(const ht_switch& record);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_end& end);
  void on(const ht_fault& fault);
  void on(const ht_lost& lost);
  // What goes on is added up to now.
  void settle(std::uint64_t now_ns);
  // The TaskTable is about to forget a task.
  void fold(TaskId task);

  // pid → places; valid until the next record.
  using Index = std::unordered_multimap<std::uint32_t, std::uint32_t>;
  [[nodiscard]] Index index() const;
  // Nothing when the process has no strip.
  [[nodiscard]] const ProcessTime* find(const Index& index, std::uint32_t pid,
                                        std::uint64_t start_boottime_ns) const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  struct Thread {
    bool known = false;
    TaskTime time = TaskTime::kOther;
    std::uint64_t since_ns = 0;
    std::uint32_t process = kNone;
  };

  Thread& of(TaskId task);
  std::uint32_t process_of(const Task& task);
  void spend(Thread& thread, std::uint64_t until_ns);

  const TaskTable& tasks_;
  std::vector<Thread> threads_;  // by TaskId
  std::vector<ProcessTime> processes_;
  std::unordered_map<std::uint32_t, std::uint32_t> by_pid_;  // → index of processes_
  bool whole_ = false;
};

}  // namespace hoodtrace
