// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/unreported_switches.hpp"

#include <algorithm>

#include "event/task_state.hpp"

namespace hoodtrace {

UnreportedSwitches::Thread& UnreportedSwitches::at(std::uint32_t tid) {
  const std::size_t page = tid / kPage;
  if (pages_.size() <= page) pages_.resize(page + 1);
  if (!pages_[page]) pages_[page] = std::make_unique<Page>();
  return (*pages_[page])[tid % kPage];
}

// A thread that ran when the loss began, on a CPU that lost nothing since, still runs: it has not
// left that CPU.
void UnreportedSwitches::forget_across_gap(Thread& thread) const {
  if (thread.since_ns >= gap_ns_ || thread.state == State::kEnded) return;
  const std::uint64_t gap_here_ns = thread.cpu < gaps_ns_.size() ? gaps_ns_[thread.cpu] : 0;
  if (thread.state == State::kOnCpu && thread.since_ns >= gap_here_ns) return;
  thread.state = State::kUnknown;
}

unsigned UnreportedSwitches::on(const ht_switch& record) {
  unsigned missing = 0;
  if (record.prev_tid != 0 && (record.flags & HT_SWITCH_PREV_TRACED) != 0) {
    Thread& prev = at(record.prev_tid);
    forget_across_gap(prev);
    if (prev.state == State::kOff) missing++;
    prev.state = is_gone(task_state(record.prev_state)) ? State::kEnded : State::kOff;
    prev.since_ns = record.head.time_ns;
    prev.cpu = record.head.cpu;
  }
  if (record.head.tid != 0 && (record.flags & HT_SWITCH_NEXT_TRACED) != 0) {
    Thread& next = at(record.head.tid);
    forget_across_gap(next);
    if (next.state == State::kOnCpu) missing++;
    next = {record.head.time_ns, record.head.cpu, State::kOnCpu};
  }
  return missing;
}

void UnreportedSwitches::on(const ht_task_seen& seen) {
  const ht_task& task = seen.task;
  if ((task.flags & HT_TASK_TRACED) == 0) return;
  Thread& thread = at(task.head.tid);
  if (thread.state != State::kUnknown) return;  // its switches are newer than the scan
  thread = {task.head.time_ns, task.head.cpu, State::kOff};
  if ((task.flags & HT_TASK_ON_CPU) != 0) thread.state = State::kOnCpu;
  if ((task.flags & HT_TASK_QUEUED) != 0) thread.state = State::kUnknown;
}

void UnreportedSwitches::on(const ht_task_new& born) {
  at(born.task.head.tid) = {born.task.head.time_ns, born.task.head.cpu, State::kOff};
}

void UnreportedSwitches::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH)) return;
  if (gaps_ns_.size() <= lost.head.cpu) gaps_ns_.resize(lost.head.cpu + 1U);
  const std::uint64_t until_ns = std::max<std::uint64_t>(lost.last_ns, lost.head.time_ns);
  gaps_ns_[lost.head.cpu] = std::max(gaps_ns_[lost.head.cpu], until_ns);
  gap_ns_ = std::max(gap_ns_, until_ns);
}

}  // namespace hoodtrace
