// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/thread_counters.hpp"

#include <algorithm>
#include <utility>

#include "base/growth.hpp"

namespace hoodtrace {
namespace {

// The growth of a counter since `last`, which becomes `now`. It decreases only when a record is older than the
// last one.
std::uint64_t take_growth(std::uint64_t& last, std::uint64_t now) {
  const std::uint64_t grown = growth(last, now);
  last = std::max(last, now);
  return grown;
}

}  // namespace

void ThreadCounters::begin(const ht_task& task, LifeId life, bool is_new) {
  Thread thread;
  thread.life = life;
  thread.start_boottime_ns = task.start_boottime_ns;
  thread.on_cpu_ns = task.exec_runtime_ns;
  thread.wait_ns = task.run_delay_ns;
  thread.min_flt = task.min_flt;
  thread.maj_flt = task.maj_flt;
  thread.was_read = !is_new;
  threads_[task.head.tid] = thread;
}

bool ThreadCounters::knows(std::uint32_t tid, std::uint64_t start_boottime_ns) const {
  const auto found = threads_.find(tid);
  return found != threads_.end() && found->second.start_boottime_ns == start_boottime_ns;
}

std::optional<ThreadCounters::Growth> ThreadCounters::read(const ht_task& task) {
  const auto found = threads_.find(task.head.tid);
  if (found == threads_.end() || found->second.start_boottime_ns != task.start_boottime_ns)
    return std::nullopt;
  Thread& thread = found->second;
  Growth grown;
  grown.life = thread.life;
  grown.tid = task.head.tid;
  grown.on_cpu_ns = take_growth(thread.on_cpu_ns, task.exec_runtime_ns);
  grown.wait_ns = take_growth(thread.wait_ns, task.run_delay_ns);
  grown.min_flt = take_growth(thread.min_flt, task.min_flt);
  grown.maj_flt = take_growth(thread.maj_flt, task.maj_flt);
  grown.is_first = !std::exchange(thread.was_read, true);
  return grown;
}

std::optional<ThreadCounters::Growth> ThreadCounters::close(const ht_task& task) {
  std::optional<Growth> grown = read(task);
  if (!grown) return grown;
  const auto found = threads_.find(task.head.tid);
  if (found->second.exit_ns) grown->exit_work_ns = exit_work(found->second, task);
  threads_.erase(found);
  return grown;
}

void ThreadCounters::exit(const ht_exit& record) {
  const auto found = threads_.find(record.head.tid);
  if (found == threads_.end() || !(record.flags & HT_EXIT_COUNTERS)) return;
  found->second.exit_ns = record.head.time_ns;
  found->second.exit_on_cpu_ns = record.exec_runtime_ns;
  found->second.exit_wait_ns = record.run_delay_ns;
}

// The time on the CPU after the exit is the time from the exit to the last switch less what it
// waited meanwhile, since a task hardly ever sleeps there; when it does, the counter at its exit,
// which is behind by a tick at most, bounds it.
std::uint64_t ThreadCounters::exit_work(const Thread& thread, const ht_task& task) {
  const std::uint64_t waited_ns = growth(thread.exit_wait_ns, task.run_delay_ns);
  const std::uint64_t since_ns = growth(*thread.exit_ns, task.head.time_ns);
  return std::min(growth(thread.exit_on_cpu_ns, task.exec_runtime_ns), growth(waited_ns, since_ns));
}

std::optional<ThreadCounters::Growth> ThreadCounters::read_faults(std::uint32_t tid,
                                                                  std::uint64_t min_flt,
                                                                  std::uint64_t maj_flt) {
  const auto found = threads_.find(tid);
  if (found == threads_.end()) return std::nullopt;
  Growth grown;
  grown.life = found->second.life;
  grown.tid = tid;
  grown.min_flt = take_growth(found->second.min_flt, min_flt);
  grown.maj_flt = take_growth(found->second.maj_flt, maj_flt);
  return grown;
}

void ThreadCounters::take_over(std::uint32_t tid, std::uint32_t old_tid,
                               std::uint64_t start_boottime_ns) {
  auto leader = threads_.extract(tid);
  auto thread = threads_.extract(old_tid);
  if (!thread.empty()) {
    thread.key() = tid;
    thread.mapped().start_boottime_ns = start_boottime_ns;
    threads_.insert(std::move(thread));
  }
  if (leader.empty()) return;
  leader.key() = old_tid;
  threads_.insert(std::move(leader));
}

}  // namespace hoodtrace
