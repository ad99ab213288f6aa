// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/irq.hpp"

#include <algorithm>

#include "event/irq_words.hpp"

namespace hoodtrace {
namespace {

bool is_ksoftirqd(const Task& task) { return comm_view(task).starts_with("ksoftirqd/"); }

}  // namespace

void IrqTime::add(std::uint64_t one_ns) {
  count++;
  ns += one_ns;
  max_ns = std::max(max_ns, one_ns);
}

void IrqTime::merge(const IrqTime& other) {
  count += other.count;
  ns += other.ns;
  max_ns = std::max(max_ns, other.max_ns);
}

void TaskLoss::merge(const TaskLoss& other) {
  hard.merge(other.hard);
  soft.merge(other.soft);
  steal_ns += other.steal_ns;
  kernel_irq_ns += other.kernel_irq_ns;
}

TaskLoss& IrqTracker::of(std::uint32_t tid, TaskId task) {
  if (tid == 0) return idle_;
  if (by_task_.size() <= task) by_task_.resize(std::max<std::size_t>(tasks_.size(), task + 1));
  return by_task_[task];
}

void IrqTracker::on(const ht_irq& record) {
  IrqSource& source = sources_[{record.kind, record.vector, irq_name(record)}];
  source.all.add(record.ns);
  const TaskId task = tasks_.find(record.head.tid);
  if (record.head.tid == 0)
    source.idle_ns += record.ns;
  else
    source.cut[task] += record.ns;
  if (record.kind != HT_IRQ_SOFT)
    of(record.head.tid, task).hard.add(record.ns);
  else if (record.head.tid == 0 || !is_ksoftirqd(tasks_[task]))
    of(record.head.tid, task).soft.add(record.ns);
}

void IrqTracker::on(const ht_stolen& record) {
  flags_ |= record.flags;
  TaskLoss& loss = of(record.head.tid, tasks_.find(record.head.tid));
  loss.steal_ns += record.steal_ns;
  loss.kernel_irq_ns += record.irq_ns;
}

void IrqTracker::begin_interval() {
  sources_.clear();
  by_task_.clear();
  idle_ = {};
  folded_ = {};
}

void IrqTracker::fold(TaskId task) {
  for (auto& [key, source] : sources_) {
    const auto cut = source.cut.find(task);
    if (cut == source.cut.end()) continue;
    const std::uint64_t ns = cut->second;
    source.cut.erase(cut);
    source.cut[kNoTask] += ns;
  }
  if (task >= by_task_.size()) return;
  folded_.merge(by_task_[task]);
  by_task_[task] = {};
}

const TaskLoss* IrqTracker::loss(TaskId task) const {
  if (task >= by_task_.size()) return nullptr;
  const TaskLoss& loss = by_task_[task];
  return loss.hard.count + loss.soft.count + loss.steal_ns == 0 ? nullptr : &loss;
}

}  // namespace hoodtrace
