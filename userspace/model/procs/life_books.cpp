// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/life_books.hpp"

#include <utility>

namespace hoodtrace {
namespace {

// The growth of a counter; it never goes back but when a record is older than the last.
std::uint64_t growth(std::uint64_t& last, std::uint64_t now) {
  if (now <= last) return 0;
  return now - std::exchange(last, now);
}

}  // namespace

void LifeBooks::begin(const ht_task& task, LifeId life, bool is_new) {
  threads_[task.head.tid] = {life,
                             task.start_boottime_ns,
                             task.exec_runtime_ns,
                             task.run_delay_ns,
                             task.min_flt,
                             task.maj_flt,
                             !is_new};
}

bool LifeBooks::knows(std::uint32_t tid, std::uint64_t start_boottime_ns) const {
  const auto found = threads_.find(tid);
  return found != threads_.end() && found->second.start_boottime_ns == start_boottime_ns;
}

std::optional<LifeBooks::Taken> LifeBooks::read(const ht_task& task) {
  const auto found = threads_.find(task.head.tid);
  if (found == threads_.end() || found->second.start_boottime_ns != task.start_boottime_ns)
    return std::nullopt;
  Thread& thread = found->second;
  Taken taken;
  taken.life = thread.life;
  taken.tid = task.head.tid;
  taken.on_cpu_ns = growth(thread.on_cpu_ns, task.exec_runtime_ns);
  taken.wait_ns = growth(thread.wait_ns, task.run_delay_ns);
  taken.min_flt = growth(thread.min_flt, task.min_flt);
  taken.maj_flt = growth(thread.maj_flt, task.maj_flt);
  taken.is_first = !std::exchange(thread.is_booked, true);
  return taken;
}

std::optional<LifeBooks::Taken> LifeBooks::close(const ht_task& task) {
  const std::optional<Taken> taken = read(task);
  if (taken) threads_.erase(task.head.tid);
  return taken;
}

std::optional<LifeBooks::Taken> LifeBooks::read_faults(std::uint32_t tid, std::uint64_t min_flt,
                                                       std::uint64_t maj_flt) {
  const auto found = threads_.find(tid);
  if (found == threads_.end()) return std::nullopt;
  Taken taken;
  taken.life = found->second.life;
  taken.tid = tid;
  taken.min_flt = growth(found->second.min_flt, min_flt);
  taken.maj_flt = growth(found->second.maj_flt, maj_flt);
  return taken;
}

void LifeBooks::take_over(std::uint32_t tid, std::uint32_t old_tid,
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
