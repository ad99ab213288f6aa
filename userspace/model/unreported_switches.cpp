// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/unreported_switches.hpp"

#include <algorithm>

#include "event/switch_counters.hpp"
#include "event/task_state.hpp"

namespace hoodtrace {

UnreportedSwitches::Thread& UnreportedSwitches::at(std::uint32_t tid) {
  const std::size_t page = tid / kPage;
  if (pages_.size() <= page) pages_.resize(page + 1);
  if (!pages_[page]) pages_[page] = std::make_unique<Page>();
  return (*pages_[page])[tid % kPage];
}

UnreportedSwitches::Thread UnreportedSwitches::begun(const ht_header& head, State state) {
  Thread thread;
  thread.since_ns = head.time_ns;
  thread.cpu = head.cpu;
  thread.state = state;
  return thread;
}

// A thread that ran when the loss began, on a CPU that lost nothing since, still runs: it has not
// left that CPU.
void UnreportedSwitches::forget_across_gap(Thread& thread) const {
  if (thread.since_ns >= gap_ns_ || thread.state == State::kEnded) return;
  const std::uint64_t gap_here_ns = thread.cpu < gaps_ns_.size() ? gaps_ns_[thread.cpu] : 0;
  if (thread.state == State::kOnCpu && thread.since_ns >= gap_here_ns) return;
  thread.state = State::kUnknown;
  thread.is_counted = false;
}

// It left `times` times since a switch last showed it leave, this one included, and came as often.
// come() has counted one missing switch-out for each time that it came but the first.
unsigned UnreportedSwitches::leave(Thread& thread, const ht_switch& record) {
  const std::uint32_t left = record.prev_nvcsw + record.prev_nivcsw;
  const std::uint32_t times = left - thread.left;
  const std::uint32_t came = thread.came;
  const bool was_off = thread.state == State::kOff;
  const bool is_counted = thread.is_counted && thread.state != State::kUnknown &&
                          thread.state != State::kEnded && times >= std::max(came, 1U) &&
                          times < kMostSwitches;
  thread.left = left;
  thread.came = 0;
  thread.is_counted = left != 0 && !is_gone(task_state(record.prev_state));
  if (!is_counted) return was_off ? 1 : 0;
  return came == 0 ? 2 * times - 1 : 2 * (times - came);
}

unsigned UnreportedSwitches::come(Thread& thread) {
  constexpr unsigned kMostCame = 127;
  if (thread.came == kMostCame)
    thread.is_counted = false;
  else
    thread.came++;
  return thread.state == State::kOnCpu ? 1 : 0;
}

unsigned UnreportedSwitches::on_leaving(const ht_switch& record) {
  if (record.prev_tid == 0 || (record.flags & HT_SWITCH_PREV_TRACED) == 0) return 0;
  Thread& prev = at(record.prev_tid);
  forget_across_gap(prev);
  const unsigned missing = leave(prev, record);
  prev.state = is_gone(task_state(record.prev_state)) ? State::kEnded : State::kOff;
  prev.since_ns = record.head.time_ns;
  prev.cpu = record.head.cpu;
  return missing;
}

unsigned UnreportedSwitches::on_coming(const ht_switch& record) {
  if (record.head.tid == 0 || (record.flags & HT_SWITCH_NEXT_TRACED) == 0) return 0;
  Thread& next = at(record.head.tid);
  forget_across_gap(next);
  const unsigned missing = come(next);
  next.since_ns = record.head.time_ns;
  next.cpu = record.head.cpu;
  next.state = State::kOnCpu;
  return missing;
}

void UnreportedSwitches::on(const ht_task_seen& seen) {
  const ht_task& task = seen.task;
  if ((task.flags & HT_TASK_TRACED) == 0) return;
  Thread& thread = at(task.head.tid);
  if (thread.state != State::kUnknown) return;  // its switches are newer than the scan
  thread = begun(task.head, State::kOff);
  if ((task.flags & HT_TASK_ON_CPU) != 0) thread.state = State::kOnCpu;
  if ((task.flags & HT_TASK_QUEUED) != 0) thread.state = State::kUnknown;
}

void UnreportedSwitches::on(const ht_task_new& born) {
  Thread& thread = at(born.task.head.tid);
  thread = begun(born.task.head, State::kOff);
  thread.is_counted = true;
}

void UnreportedSwitches::on(const ht_task_cgroup& move) {
  if ((move.flags & HT_TASK_TRACED) == 0) at(move.head.tid) = {};
}

void UnreportedSwitches::on(const ht_task_exec& exec) { at(exec.head.tid).is_counted = false; }

void UnreportedSwitches::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH)) return;
  if (gaps_ns_.size() <= lost.head.cpu) gaps_ns_.resize(lost.head.cpu + 1U);
  const std::uint64_t until_ns = std::max<std::uint64_t>(lost.last_ns, lost.head.time_ns);
  gaps_ns_[lost.head.cpu] = std::max(gaps_ns_[lost.head.cpu], until_ns);
  gap_ns_ = std::max(gap_ns_, until_ns);
}

}  // namespace hoodtrace
