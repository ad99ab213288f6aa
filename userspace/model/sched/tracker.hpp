// SPDX-License-Identifier: GPL-2.0-or-later
// Per-task scheduling facts from the stream of switches.
//
// Waits come in two ways. Exact (HT_SWITCH_EXACT): the switch carries the very number that the
// kernel adds to run_delay a moment later (sched_info_arrive, kernel/sched/stats.h) and run_delay
// before it; what run_delay grew by while the task was queued elsewhere is the difference. A wait
// ends when the task runs: the age of the run queue's clock at the switch (ClockLag) is added; only
// the kernel's part is in the audit. A run ends at that clock, where the kernel begins the wait that
// follows. Else from stamps: queued at a wake-up or a preemption, running at the switch.
//
// A task's span begins at its ht_task_seen or birth and ends at its ht_task_books or end; records
// that race with those snapshots are put on the right side by the kernel's own counters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/cpu_history.hpp"
#include "model/sched/idle_history.hpp"
#include "model/sched/lane_window.hpp"
#include "model/sched/stats.hpp"
#include "model/sched/task.hpp"

namespace hoodtrace {

// A wait that reached the threshold.
struct LongWait {
  std::uint64_t time_ns = 0;  // when it ended
  TaskId task = kNoTask;
  std::uint32_t cpu = 0;
  std::uint64_t wait_ns = 0;
  bool preempted = false;
  std::optional<WhoId> waker;
  std::vector<std::pair<WhoId, std::uint64_t>> behind;  // longest first
};

// A wait on one CPU's queue while another CPU was idle.
struct IdleWait {
  TaskId task = kNoTask;
  std::uint32_t cpu = 0;
  std::uint64_t idle_ns = 0;
};

// Whose turn it is before the next one's: stop tasks (migration/N) are in kRealTime, with the highest
// priority. By the effective priority, which a lock's waiter can lend.
enum class ClassOfTask : std::uint8_t { kFair, kRealTime, kDeadline, kExt };
inline constexpr std::size_t kClasses = 4;

struct CpuStats {
  bool seen = false;
  std::uint64_t busy_ns = 0;
  std::uint64_t idle_ns = 0;
  std::uint64_t switches = 0;
  std::uint64_t queue_ns = 0;  // run-queue length × time, the running task included
  std::uint64_t queue_max = 0;
  std::array<std::uint64_t, kClasses> class_ns{};  // of busy_ns, by ClassOfTask
  // Of the waits that ended here, the part in which another CPU was idle; and of that, of tasks that
  // could have run there: those that may run on more than one CPU.
  std::uint64_t wait_idle_ns = 0;
  std::uint64_t wait_idle_movable_ns = 0;
  SchedStats stats;  // of the traced tasks here: on_cpu_ns, runs, waits
};

class SchedTracker {
 public:
  struct Options {
    std::uint64_t threshold_ns = 0;  // 0 = no long waits wanted
    bool culprits = true;
    bool idle_waits = false;  // of the whole system: waits while another CPU was idle are wanted
  };

  SchedTracker(TaskTable& tasks, Options options) : tasks_(tasks), options_(options) {}

  void on(const ht_session& session);
  void on(const ht_switch& record);
  void on(const ht_behind& behind);
  void on(const ht_waking& waking);
  void on(const ht_wakeup& wakeup);
  void on(const ht_migrate& migrate);
  void on(const ht_mmap_wait& wait);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_exec& exec);
  void on(const ht_task_end& end);
  void on(const ht_task_books& counters);
  void on(const ht_lost& lost);
  void on(const ht_cpu& change);
  void on(const ht_tick& tick);

  // ---- switches CPU by CPU (LaneTracker), in place of on() ----
  void split(std::size_t shards);
  // on() would need the order of time for this: long waits are wanted, or idle CPUs looked at.
  [[nodiscard]] bool needs_order() const {
    return options_.threshold_ns != 0 || has_idle_waits() || !exact_ || !whole_;
  }
  [[nodiscard]] bool has_culprits() const { return options_.culprits; }
  // A switch was seen there since the start, or since records of it were lost.
  [[nodiscard]] bool knows_cpu(std::uint16_t cpu) const {
    return cpu < cpus_.size() && cpus_[cpu].known;
  }
  // Any of its switches has such flags (clock_lag, prev_exec_ns). The window must outlive end_window().
  void begin_window(const LaneWindow& window, bool has_lag, bool has_runtimes);
  // Several threads can call these at the same time, each for its own shard, CPUs and tasks: the switch `at` of
  // the window. come(): it may be a corrected copy of its record.
  void advance_cpu(std::size_t shard, std::size_t at);
  void leave(std::size_t shard, std::size_t at);
  void come(std::size_t shard, std::size_t at, const ht_switch& record);
  // All switches were followed: each lane's runs are of the past.
  void keep_runs(const Lane& lane);
  void end_window() { window_ = nullptr; }

  // Adds what is still going on (running, sleeping) up to now, for a report.
  void settle(std::uint64_t now_ns);
  // Starts the next interval: counts from zero, the states of tasks stay known.
  void begin_interval(std::uint64_t now_ns);
  // Adds what is known of a task to `ended_others` before the TaskTable forgets it.
  void fold(TaskId task);

  // Of the current span. A task that nothing is known of has empty stats.
  [[nodiscard]] const SchedStats& stats(TaskId task) const;
  [[nodiscard]] SchedClass sched_class(TaskId task) const;
  // What it does at the end of the span; nothing when that is not known.
  [[nodiscard]] std::optional<TaskState> state(TaskId task) const;
  [[nodiscard]] const SchedStats& ended_others() const { return folded_; }
  [[nodiscard]] std::uint64_t ended_others_count() const { return folded_count_; }
  [[nodiscard]] const std::vector<CpuStats>& cpus() const { return cpu_stats_; }
  [[nodiscard]] SchedAudit audit() const;
  [[nodiscard]] std::uint64_t span_start_ns() const { return span_start_ns_; }
  [[nodiscard]] bool exact() const { return exact_; }
  // dispatch_ns is measured: waits are the kernel's, and switches carry the age of its clock.
  [[nodiscard]] bool has_dispatch() const { return exact_ && has_lag_; }
  [[nodiscard]] bool wakers() const { return wakers_; }
  [[nodiscard]] bool whole_system() const { return whole_; }
  // The stream separates disk_sleep_ns from uninterruptible_ns; else the latter has both.
  [[nodiscard]] bool has_iowait() const { return has_iowait_; }
  // Waits for mmap_lock are recorded.
  [[nodiscard]] bool has_mmap_waits() const { return has_mmap_waits_; }
  // Sleepers that were switched in without a wake-up: they had never slept (docs/kernel-notes.md,
  // note 3).
  [[nodiscard]] std::uint64_t stale_sleeps() const { return shards_.front().stale_sleeps; }
  // Times that would have been negative, left out.
  [[nodiscard]] std::uint64_t backward_times() const { return shards_.front().backward; }

  // The waits with the most time in which another CPU was idle and the task could have run there, the
  // longest first; at most three.
  [[nodiscard]] const std::vector<IdleWait>& idle_waits() const { return idle_waits_; }
  // These waits, and CpuStats::wait_idle_ns, are counted.
  [[nodiscard]] bool has_idle_waits() const { return options_.idle_waits && whole_; }

  // The long waits since the last call.
  std::vector<LongWait> take_long_waits() { return std::exchange(long_waits_, {}); }
  // The same, in place of what is in `waits`, whose memory is used again: for who asks at every event.
  void take_long_waits(std::vector<LongWait>& waits) {
    waits.clear();
    waits.swap(long_waits_);
  }

 private:
  using State = TaskSched::State;

  // Of a part of the tasks. Several threads can follow switches at once, a shard each (LaneTracker). The
  // first one has the counts of the others too, from settle() on. Two share no cache line.
  struct alignas(64) Shard {
    std::vector<SchedStats> on_cpu;  // by CPU: what these tasks did there; in the first: cpu_stats_
    std::uint64_t stale_sleeps = 0;
    std::uint64_t backward = 0;
    std::size_t at = 0;  // in the window: the switch that is followed
  };

  struct Cpu {
    bool online = false;          // the stream says so, whether anything ran here or not
    std::uint64_t online_ns = 0;  // since when, if it was not at the start
    bool known = false;
    std::uint64_t since_ns = 0;
    std::uint32_t running_tid = 0;
    ClassOfTask running_class = ClassOfTask::kFair;
    std::uint16_t nr_running = 0;
    std::uint64_t gap_ns = 0;  // nothing before this is known
    // What behind_tid waited behind, until the next switch here, which is to it. It is stored per
    // CPU: stored per task, with thousands of tasks, it would leave the cache before it is used.
    std::vector<std::pair<WhoId, std::uint64_t>> behind;
    std::uint32_t behind_tid = 0;
  };

  TaskSched& of(TaskId task) {
    if (by_task_.size() <= task) make_room(task);
    return by_task_[task];
  }
  void make_room(TaskId task);
  Cpu& cpu(std::uint32_t index);
  // What the traced tasks do on a CPU, to which the task adds.
  SchedStats& on_cpu(Shard& shard, std::uint32_t index, const TaskSched& task);
  [[nodiscard]] std::span<const CpuRun> new_runs(const Shard& shard, std::uint16_t cpu) const;
  void gather_shards();
  void forget_across_gap(TaskSched& task) const;
  void leave_cpu(Shard& shard, const ht_switch& record, std::uint64_t clock_age_ns,
                 TaskSched& task);
  // The parts of a wait: on other CPUs' queues, then here, then after the run queue's clock.
  struct WaitParts {
    std::uint64_t elsewhere_ns = 0;
    std::uint64_t here_ns = 0;
    std::uint64_t dispatch_ns = 0;
  };

  bool count_switch_out(const ht_switch& record, TaskSched& task, bool runnable);
  void count_unreported_wait(Shard& shard, const ht_switch& record, TaskSched& task);
  void begin_command(TaskSched& task, std::uint64_t now_ns);
  static void end_window(TaskSched& task, std::uint64_t now_ns);
  void enter_cpu(Shard& shard, const ht_switch& record, std::uint64_t clock_age_ns, TaskId id,
                 TaskSched& task);
  void count_wait(Shard& shard, const ht_switch& record, TaskId id, TaskSched& task,
                  const WaitParts& parts);
  void name_culprits(const Shard& shard, const ht_switch& record, const TaskSched& task,
                     const WaitParts& parts, Ranking& culprits);
  // Every switch is in the stream, the target's or not.
  [[nodiscard]] bool sees_all() const { return whole_ || !exact_; }
  void end_sleep(TaskSched& task, std::uint64_t until_ns);
  // The CPU's own times; its first switch shows who was there before.
  void begin_cpu(const ht_switch& record);
  void advance_cpu(Shard& shard, const ht_switch& record);
  void note_idle(std::size_t cpu, bool is_idle, std::uint64_t now_ns) {
    if (has_idle_waits()) idle_.set(cpu, is_idle, now_ns);
  }
  void count_idle_wait(const ht_switch& record, TaskId id, std::uint64_t until_ns,
                       std::uint64_t wait_ns);
  void settle_cpus(std::uint64_t now_ns);
  void set_end(TaskSched& task, const ht_task& counters) const {
    task.set_end(counters, exact_, has_runtimes_, options_.culprits);
  }
  static std::uint64_t elapsed(Shard& shard, std::uint64_t from_ns, std::uint64_t to_ns);

  TaskTable& tasks_;
  Options options_;
  std::vector<TaskSched> by_task_;
  std::vector<Shard> shards_ = std::vector<Shard>(1);
  const LaneWindow* window_ = nullptr;  // that is followed CPU by CPU
  std::vector<Cpu> cpus_;
  std::vector<CpuHistory> histories_;  // by CPU
  std::vector<CpuStats> cpu_stats_;
  std::vector<LongWait> long_waits_;
  IdleHistory idle_;  // of the whole system
  std::vector<IdleWait> idle_waits_;
  std::vector<SchedStats> before_command_;  // by CPU: of the command until its exec
  SchedStats folded_;
  SchedAudit folded_audit_;
  std::uint64_t folded_count_ = 0;
  std::uint64_t span_start_ns_ = 0;
  std::uint64_t gap_ns_ = 0;  // the newest gap of any CPU
  bool exact_ = false;
  bool has_lag_ = false;
  bool has_runtimes_ = false;  // switches carry sum_exec_runtime
  bool wakers_ = false;
  bool whole_ = false;
  bool has_iowait_ = false;
  bool has_mmap_waits_ = false;
};

}  // namespace hoodtrace
