// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/phases.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hoodtrace {
namespace {

constexpr unsigned kDead = 0x80;  // TASK_DEAD, include/linux/sched.h
constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

// Where the phases begin, and the end of the last.
std::array<std::uint64_t, kPhases + 1> bounds_of(const ProcessLife& life) {
  const std::uint64_t exit_ns = life.exit_ns.value_or(kNever);
  // One that was there before runs its program already.
  const std::uint64_t run_ns = life.born_ns ? life.first_run_ns.value_or(kNever) : 0;
  const std::uint64_t exec_ns = life.born_ns ? life.exec_ns().value_or(kNever) : 0;
  return {0, std::min(run_ns, exit_ns), std::min(std::max(run_ns, exec_ns), exit_ns), exit_ns,
          kNever};
}

}  // namespace

void add_stretch(ProcessLife& life, const LifeStretch& stretch) {
  if (stretch.to_ns < stretch.from_ns) return;
  const std::array<std::uint64_t, kPhases + 1> bounds = bounds_of(life);
  const std::uint64_t length_ns = stretch.to_ns - stretch.from_ns;
  const std::uint64_t wait_from_ns = stretch.to_ns - std::min(stretch.wait_ns, length_ns);
  // The kernel books by the run queue's clock, which it last set a moment before the record of the
  // switch: what a wait is longer than its stretch was taken for time on the CPU before it.
  if (stretch.wait_ns > length_ns) {
    PhaseTimes& last = life.phases[static_cast<std::size_t>(phase_at(life, stretch.to_ns))];
    const std::uint64_t earlier_ns = stretch.wait_ns - length_ns;
    last.wait_ns += earlier_ns;
    last.on_cpu_ns -= std::min(last.on_cpu_ns, earlier_ns);
  }
  for (std::size_t i = 0; i < kPhases; i++) {
    const auto part = [&](std::uint64_t a, std::uint64_t b) {
      const std::uint64_t begin = std::max(a, bounds[i]);
      const std::uint64_t end = std::min(b, bounds[i + 1]);
      return end > begin ? end - begin : 0;
    };
    PhaseTimes& times = life.phases[i];
    (stretch.on_cpu ? times.on_cpu_ns : times.sleep_ns) += part(stretch.from_ns, wait_from_ns);
    times.wait_ns += part(wait_from_ns, stretch.to_ns);
  }
}

void LifePhases::begin(const ht_task& task, LifeId life) {
  Run& run = runs_[task.head.tid];
  if (run.life == life) return;
  run = {life, task.head.time_ns, {}, (task.flags & HT_TASK_ON_CPU) != 0};
  if (task.flags & HT_TASK_EXACT) run.booked_ns = task.run_delay_ns;
}

std::optional<LifeStretch> LifePhases::leave(const ht_switch& record) {
  const auto found = runs_.find(record.prev_tid);
  if (found == runs_.end()) return std::nullopt;
  Run& run = found->second;
  // Off the CPU as far as we know: how it came there was not seen.
  const LifeStretch stretch{run.life, run.since_ns, record.head.time_ns, 0, true};
  const bool was_on_cpu = std::exchange(run.on_cpu, false);
  run.since_ns = record.head.time_ns;
  if (record.prev_state & kDead) runs_.erase(found);
  return was_on_cpu ? std::optional(stretch) : std::nullopt;
}

std::optional<LifeStretch> LifePhases::come(const ht_switch& record, const ProcessLife& life) {
  const std::uint64_t now_ns = record.head.time_ns;
  const std::uint64_t last_wait_ns = record.wait_ns == HT_UNKNOWN_NS ? 0 : record.wait_ns;
  Run& run = runs_[record.head.tid];
  if (run.life != life.id) {
    run = {life.id, now_ns, {}, false};
    // Born before the first switch of the stream.
    if (life.born_ns && !life.first_run_ns && record.head.tid == life.pid) {
      run.since_ns = *life.born_ns;
      run.booked_ns = 0;
    }
  }
  LifeStretch stretch{life.id, run.since_ns, now_ns, last_wait_ns, false};
  // A queued task that is moved has its wait so far booked then (kernel.md, trap 12).
  if (record.flags & HT_SWITCH_EXACT) {
    const std::uint64_t total_ns = record.run_delay_ns + last_wait_ns;
    if (run.booked_ns && total_ns >= *run.booked_ns) stretch.wait_ns = total_ns - *run.booked_ns;
    run.booked_ns = total_ns;
  }
  run.since_ns = now_ns;
  // It was on a CPU as far as we know: how it left it was not shown.
  stretch.on_cpu = std::exchange(run.on_cpu, true);
  return stretch;
}

void LifePhases::take_over(std::uint32_t tid, std::uint32_t old_tid) {
  auto leader = runs_.extract(tid);
  auto thread = runs_.extract(old_tid);
  if (!thread.empty()) {
    thread.key() = tid;
    runs_.insert(std::move(thread));
  }
  if (leader.empty()) return;
  leader.key() = old_tid;
  runs_.insert(std::move(leader));
}

}  // namespace hoodtrace
