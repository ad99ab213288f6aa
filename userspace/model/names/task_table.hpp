// SPDX-License-Identifier: GPL-2.0-or-later
// Which task a tid means at this point of the stream, and the task's names.
//
// A tid can be reused, and an exec can change a thread's tid; a TaskId means one task as long as
// the table has it. Trackers store their data by TaskId. Feed every record here first.
//
// When a thread that is not the leader executes a program, de_thread() (fs/exec.c) ends all other
// threads and swaps the tids of the two. The record of the exec comes later: after switches and
// faults under the leader's tid, and after the new name. So the first record under the tid of a
// leader that has ended is taken for the swap, when one thread only is left that it can mean.
//
// It also has the age of the run queue's clock at a switch, so that all trackers and exporters end
// a run at the same time.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/who_table.hpp"
#include "model/sched/clock_lag.hpp"

namespace hoodtrace {

using TaskId = std::uint32_t;
inline constexpr TaskId kNoTask = 0;  // also the idle tasks, which are no task here

struct Task {
  std::uint32_t tid = 0;
  std::uint32_t pid = 0;  // 0 = not known
  std::uint32_t parent_pid = 0;
  std::uint64_t start_boottime_ns = 0;
  std::uint64_t cgroup_id = 0;
  std::array<char, HT_COMM_LEN> comm{};
  std::array<char, HT_COMM_LEN> comm_before{};  // before the last ht_task_name
  std::uint32_t tid_before = 0;                 // before it took over its leader's; 0 = it did not
  bool traced = false;
  bool alive = true;
  bool successor_sought =
      false;  // a leader that has ended, and no other task was found to have its tid
  bool kthread = false;
  bool in_use = false;
};

// Hostile; "" = not known.
inline std::string_view comm_view(const Task& task) {
  const std::string_view whole(task.comm.data(), task.comm.size());
  return whole.substr(0, whole.find('\0'));
}

class TaskTable {
 public:
  TaskTable();

  void on(const ht_session& session);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_name& name);
  void on(const ht_task_exec& exec);
  void on(const ht_task_end& record);
  void on(const ht_task_cgroup& move);
  void on(const ht_cgroup_name& name);
  void on(const ht_switch& record);
  void on(const ht_fault& record) { successor(find(record.head.tid)); }

  // The task that `tid` means now; made, without a name, when nothing is known. kNoTask for 0.
  TaskId at(std::uint32_t tid) {
    if (tid == 0) return kNoTask;
    const TaskId known = find(tid);
    return known != kNoTask ? known : make(tid);
  }
  // The same, kNoTask when nothing is known.
  [[nodiscard]] TaskId find(std::uint32_t tid) const { return now(tid).task; }

  // Whose counters these are. Nobody's (kNoTask) when the tid means a task that has ended: they are of the
  // thread that takes its tid, whose exec follows.
  [[nodiscard]] TaskId find(const ht_task_books& counters) const {
    const TaskId id = find(counters.task.head.tid);
    return id != kNoTask && tasks_[id].alive ? id : kNoTask;
  }

  [[nodiscard]] const Task& operator[](TaskId id) const { return tasks_[id]; }
  // TaskIds are below this.
  [[nodiscard]] std::size_t size() const { return tasks_.size(); }

  // Tasks that have ended stay for the report, up to a limit. Returns the next one to forget, or
  // kNoTask. Trackers fold their data of it before forget().
  [[nodiscard]] TaskId overdue() const {
    return ended_.size() > kMaxEnded ? ended_.front() : kNoTask;
  }
  // Its TaskId may be reused for another task.
  void forget(TaskId id);
  // Forgets all that have ended: at the start of an interval, after the trackers'.
  void forget_ended();

  // Who runs when `tid` does: a culprit's name.
  WhoId who(std::uint32_t tid) {
    const WhoId known = now(tid).who;
    return known != kNotAsked ? known : ask(tid);
  }
  [[nodiscard]] const WhoTable& names() const { return names_; }

  // "" when not known.
  [[nodiscard]] std::string_view cgroup_path(std::uint64_t id) const;

  [[nodiscard]] std::uint32_t self_pid() const { return self_pid_; }
  // The leader of the command after --: hoodtrace's child, which waits for its start until its exec.
  // Its threads have the same parent.
  [[nodiscard]] bool is_command(TaskId id) const {
    const Task& task = tasks_[id];
    return self_pid_ != 0 && task.parent_pid == self_pid_ && task.tid == task.pid;
  }
  // May the command begin with this exec of `id`? Not with that of one of its threads: it had none then.
  [[nodiscard]] bool may_begin_command(TaskId id, const ht_task_exec& exec) const {
    return is_command(id) && (exec.old_tid == 0 || exec.old_tid == exec.head.tid);
  }

  // Of the last switch: how old the run queue's clock was. The kernel ended the run of `prev` and the
  // accounted wait of `next` so long before the record's time. 0 where waits are measured by stamps.
  [[nodiscard]] std::uint64_t clock_age_ns() const { return clock_age_ns_; }

  // ---- for who takes switches CPU by CPU, without on() (LaneTracker) ----
  // The task that `tid` means now, when a switch of it changes nothing here; else kNoTask.
  [[nodiscard]] TaskId find_settled(std::uint32_t tid) const {
    const TaskId task = find(tid);
    return task < settled_.size() && settled_[task] ? task : kNoTask;
  }
  // Whether who() is known, or else would have to ask.
  [[nodiscard]] bool has_who(std::uint32_t tid) const { return now(tid).who != kNotAsked; }
  // Null before the CPU's first switch.
  [[nodiscard]] ClockLag* clock(std::uint16_t cpu) {
    return cpu < clocks_.size() && cpu < running_.size() ? &clocks_[cpu] : nullptr;
  }
  // The CPU's last switch was to this one.
  void set_running(std::uint16_t cpu, TaskId task) { running_[cpu] = task; }

 private:
  static constexpr std::size_t kMaxEnded = 16384;
  static constexpr std::size_t kPage = 4096;
  // It has a name that was not needed yet: most tasks are never culprits.
  static constexpr WhoId kNotAsked = 0xffffffff;
  // What a tid means now; its name here too, for it is asked for once per culprit of a wait.
  struct Slot {
    TaskId task = kNoTask;
    WhoId who = WhoTable::kUnknown;
  };
  using Page = std::array<Slot, kPage>;

  [[nodiscard]] Slot now(std::uint32_t tid) const {
    const std::size_t page = tid / kPage;
    return page < pages_.size() && pages_[page] ? (*pages_[page])[tid % kPage] : Slot{};
  }
  Slot& slot(std::uint32_t tid);
  WhoId ask(std::uint32_t tid);
  TaskId make(std::uint32_t tid);
  void settle(TaskId id);
  std::uint64_t age_at(const ht_switch& record);
  void take(TaskId id, const ht_task& from);
  void rename(TaskId id, const char* comm);
  void end(TaskId id);
  void take_over(TaskId leader, TaskId thread);
  // Of a task that a record is about: itself, or the thread that has taken over its tid.
  TaskId successor(TaskId id) {
    return tasks_[id].alive || tasks_[id].successor_sought ? id : seek_successor(id);
  }
  TaskId seek_successor(TaskId leader);
  // The thread that runs on a CPU has the tid of `leader`, which has ended: it executes.
  void take_over_on(std::uint16_t cpu, TaskId leader);

  std::vector<Task> tasks_;
  std::vector<std::uint8_t> settled_;  // by task: alive, traced, and its process is known
  std::vector<TaskId> free_;
  std::deque<TaskId> ended_;                  // oldest first
  std::vector<std::unique_ptr<Page>> pages_;  // by tid
  WhoTable names_;
  std::unordered_map<std::uint64_t, std::string> cgroups_;
  std::vector<ClockLag> clocks_;  // by CPU
  ClockLag clock_at_start_;       // of a CPU that has not switched
  std::vector<TaskId> running_;   // by CPU: whom the last switch brought, if traced
  std::uint64_t clock_age_ns_ = 0;
  std::uint32_t self_pid_ = 0;
  bool exact_ = false;  // waits are the kernel's
};

}  // namespace hoodtrace
