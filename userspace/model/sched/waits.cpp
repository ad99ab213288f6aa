// SPDX-License-Identifier: GPL-2.0-or-later
// SchedTracker: waits, at the switch that ends them, and whom they were behind.

#include <algorithm>

#include "model/sched/tracker.hpp"

namespace hoodtrace {

// The stamps lack the end of a wait: it was when the run began whose length the kernel knows.
void SchedTracker::count_unreported_wait(Shard& shard, const ht_switch& record, TaskSched& task) {
  const std::uint64_t ran_ns = record.run_delay_ns;
  const std::uint64_t span_ns = elapsed(shard, task.since_ns, record.head.time_ns);
  if (ran_ns > span_ns) return;  // not of this run: its scheduler class keeps no such count
  if (record.prev_exec_ns == 0) {
    task.stats.on_cpu_ns += ran_ns;
    on_cpu(shard, record.head.cpu, task).on_cpu_ns += ran_ns;
  }
  ht_switch came = record;
  came.head.time_ns -= ran_ns;
  came.head.tid = record.prev_tid;
  count_wait(shard, came, tasks_.at(record.prev_tid), task, {.here_ns = span_ns - ran_ns});
}

void SchedTracker::enter_cpu(Shard& shard, const ht_switch& record, std::uint64_t clock_age_ns,
                             TaskId id, TaskSched& task) {
  const std::uint64_t now_ns = record.head.time_ns;
  forget_across_gap(task);
  if (task.state == State::kRunning) {  // it came without having left
    task.left_unreported = true;
  }
  task.sched_class = {next_policy(record), record.next_prio, record.next_nice};

  WaitParts parts;
  bool measured = true;
  bool in_span = true;
  if (record.flags & HT_SWITCH_EXACT && record.wait_ns == HT_UNKNOWN_NS) {
    measured = false;  // the kernel has it with the sleep before it (SleptWaits)
    task.accounted_known = true;
    task.accounted_ns = record.run_delay_ns;
  } else if (record.flags & HT_SWITCH_EXACT) {
    parts.here_ns = record.wait_ns;
    parts.dispatch_ns = clock_age_ns;
    // Counters read after the kernel had accounted this wait contain it.
    if (task.accounted_known && task.accounted_ns > record.run_delay_ns)
      parts.here_ns -=
          std::min<std::uint64_t>(parts.here_ns, task.accounted_ns - record.run_delay_ns);
    if (task.accounted_known && record.run_delay_ns > task.accounted_ns)
      parts.elsewhere_ns = record.run_delay_ns - task.accounted_ns;
    const std::uint64_t accounted_ns = record.run_delay_ns + record.wait_ns;
    in_span = !task.base.known || record.wait_ns == 0 || accounted_ns > task.base.run_delay_ns;
    task.accounted_known = true;
    task.accounted_ns = accounted_ns;
  } else if (task.state == State::kQueued) {
    parts.elsewhere_ns = task.moved_ns != 0 ? elapsed(shard, task.since_ns, task.moved_ns) : 0;
    parts.here_ns = elapsed(shard, task.since_ns, now_ns) - parts.elsewhere_ns;
  } else if (task.state == State::kSleep || task.state == State::kDisk ||
             task.state == State::kUninterruptible) {
    // Switched in without a wake-up: it had never slept.
    shard.stale_sleeps++;
    parts.here_ns = elapsed(shard, task.since_ns, now_ns);
    task.state = State::kQueued;
    task.preempted = true;
  } else {
    measured = false;
  }

  const std::uint64_t total_ns = parts.elsewhere_ns + parts.here_ns + parts.dispatch_ns;
  if (task.span_ns == 0) task.span_ns = now_ns;
  if (in_span && measured && total_ns > elapsed(shard, task.span_ns, now_ns))
    task.stats.wait_outside_ns += total_ns - (now_ns - task.span_ns);
  if (task.state != State::kQueued) {
    // What run_delay has more after a run that was not shown was the wait for that run.
    const std::uint64_t queued_ns =
        task.follows_unreported ? parts.here_ns + parts.dispatch_ns : total_ns;
    end_sleep(task, now_ns >= queued_ns ? now_ns - queued_ns : 0);
    task.preempted = false;
  }
  if (!task.preempted) task.throttle = TaskSched::Throttle::kNo;
  if (in_span) {
    if (measured) count_wait(shard, record, id, task, parts);
    task.stats.runs++;
    on_cpu(shard, record.head.cpu, task).runs++;
    if (task.left_cpu_ns != 0 && task.cpu != record.head.cpu) task.stats.migrations++;
  }
  task.last_run_delay_ns = record.run_delay_ns;
  task.last_wait_ns = in_span && measured ? parts.here_ns : 0;  // the rest is accounted already
  task.waker_known = false;
  task.waking_ns = 0;
  task.state = State::kRunning;
  task.seen_off_cpu = task.follows_unreported = false;
  task.since_ns = now_ns;
  task.cpu = record.head.cpu;
}

void SchedTracker::count_wait(Shard& shard, const ht_switch& record, TaskId id, TaskSched& task,
                              const WaitParts& parts) {
  const std::uint64_t accounted_ns = parts.elsewhere_ns + parts.here_ns;
  const std::uint64_t total_ns = accounted_ns + parts.dispatch_ns;
  const auto add = [&](SchedStats& stats) {
    stats.wait_ns += total_ns;
    stats.dispatch_ns += parts.dispatch_ns;
    stats.wait_count++;
    stats.wait_max_ns = std::max(stats.wait_max_ns, total_ns);
    stats.waits.add(total_ns);
  };
  SchedStats& stats = task.stats;
  add(stats);
  add(on_cpu(shard, record.head.cpu, task));
  (task.preempted ? stats.wait_preempted_ns : stats.wait_woken_ns) += total_ns;
  if (task.throttle != TaskSched::Throttle::kNo) stats.wait_throttled_ns += total_ns;
  const bool after_end =
      task.end.known && record.run_delay_ns + record.wait_ns > task.end.run_delay_ns;
  (after_end ? task.carried_wait_ns : task.audit_wait_ns) += accounted_ns;

  if (has_idle_waits() && record.prev_tid != 0)
    count_idle_wait(record, id, record.head.time_ns - parts.dispatch_ns, parts.here_ns);

  const bool is_long = options_.threshold_ns != 0 && total_ns >= options_.threshold_ns;
  const bool named = options_.culprits && total_ns > 0;
  if (!is_long) {
    if (named) name_culprits(shard, record, task, parts, stats.behind);
    return;
  }
  Ranking ranking;
  if (named) name_culprits(shard, record, task, parts, ranking);
  stats.behind.merge(ranking);
  LongWait wait{record.head.time_ns, id, record.head.cpu, total_ns, task.preempted, {}, {}};
  if (task.waker_known) wait.waker = tasks_.who(task.waker_tid);
  wait.behind = ranking.sorted();
  long_waits_.push_back(std::move(wait));
}

// A scheduler that conserves work leaves no task in a queue while a CPU has nothing to do. From prev's
// CPU the wait is seen here; a wait on a CPU that was idle itself is its way to this task.
void SchedTracker::count_idle_wait(const ht_switch& record, TaskId id, std::uint64_t until_ns,
                                   std::uint64_t wait_ns) {
  const std::uint64_t idle_ns = idle_.idle_ns(until_ns - std::min(until_ns, wait_ns), until_ns);
  if (idle_ns == 0) return;
  CpuStats& stats = cpu_stats_[record.head.cpu];
  stats.wait_idle_ns += idle_ns;
  if (record.next_policy & HT_POLICY_PINNED) return;
  stats.wait_idle_movable_ns += idle_ns;
  constexpr std::size_t kKept = 3;
  if (idle_waits_.size() == kKept && idle_waits_.back().idle_ns >= idle_ns) return;
  const auto after = std::find_if(idle_waits_.begin(), idle_waits_.end(),
                                  [&](const IdleWait& one) { return one.idle_ns < idle_ns; });
  idle_waits_.insert(after, {id, record.head.cpu, idle_ns});
  if (idle_waits_.size() > kKept) idle_waits_.pop_back();
}

// Adds the whole wait to `culprits`.
void SchedTracker::name_culprits(const Shard& shard, const ht_switch& record, const TaskSched& task,
                                 const WaitParts& parts, Ranking& culprits) {
  const auto blame = [&](WhoId who, std::uint64_t ns) { culprits.add(who, ns); };
  // The quota kept it off the CPU, not the tasks that ran meanwhile. When the quota was refilled is
  // not in the stream, so that contention after that moment is counted here too.
  if (task.throttle != TaskSched::Throttle::kNo) {
    blame(task.throttle == TaskSched::Throttle::kQuota ? WhoTable::kThrottled
                                                       : WhoTable::kOwnDeadline,
          parts.elsewhere_ns + parts.here_ns + parts.dispatch_ns);
    return;
  }
  if (parts.dispatch_ns > 0) blame(tasks_.who(record.prev_tid), parts.dispatch_ns);
  std::uint64_t left_ns = parts.here_ns;
  if (sees_all()) {
    const std::uint16_t cpu = record.head.cpu;
    left_ns = histories_[cpu].walk_back(
        new_runs(shard, cpu), record.head.time_ns - parts.dispatch_ns, parts.here_ns, blame);
  } else {
    const Cpu& cpu = cpus_[record.head.cpu];
    if (cpu.behind_tid == record.head.tid) {
      for (const auto& [who, ns] : cpu.behind) {
        const std::uint64_t part_ns = std::min(ns, left_ns);
        if (part_ns > 0) blame(who, part_ns);
        left_ns -= part_ns;
      }
    }
  }
  if (left_ns > 0) blame(WhoTable::kUnknown, left_ns);
  if (parts.elsewhere_ns == 0) return;
  // Preempted, it first waited on the CPU that it had run on.
  left_ns = parts.elsewhere_ns;
  if (sees_all() && task.preempted && task.left_cpu_ns != 0 && task.cpu < cpus_.size())
    left_ns = histories_[task.cpu].walk_back(new_runs(shard, task.cpu),
                                             task.left_cpu_ns + parts.elsewhere_ns,
                                             parts.elsewhere_ns, blame);
  if (left_ns > 0) blame(WhoTable::kElsewhere, left_ns);
}

}  // namespace hoodtrace
