// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/slept_waits.hpp"

#include <algorithm>
#include <utility>

#include "base/growth.hpp"

namespace hoodtrace {
namespace {

// A wait that the kernel begins so soon after the move begins with it: a balancing moves up to 32 tasks
// (sysctl_sched_nr_migrate) before it queues them.
constexpr std::uint64_t kMoveNs = 1'000'000;

// What has run_delay_ns: the ht_task of a record, or the record itself.
template <class Record>
auto& counters_of(Record& record) {
  if constexpr (requires { record.task; })
    return record.task;
  else
    return record;
}

}  // namespace

std::uint64_t& SleptWaits::accounted(TaskId task) {
  if (accounted_.size() <= task)
    accounted_.resize(std::max<std::size_t>(task + 1, task * 3 / 2), kUnknown);
  return accounted_[task];
}

std::uint64_t SleptWaits::excess(TaskId task) const {
  if (excess_.empty()) return 0;
  const auto found = excess_.find(task);
  const bool is_its =
      found != excess_.end() && found->second.start_boottime_ns == tasks_[task].start_boottime_ns;
  return is_its ? found->second.ns : 0;
}

void SleptWaits::take_off(TaskId task, std::uint64_t ns) {
  if (ns == 0) return;
  excess_[task] = {tasks_[task].start_boottime_ns, excess(task) + ns};
  account_.on_slept_wait(ns);
}

void SleptWaits::on(const ht_migrate& record) {
  if (!(record.flags & HT_MIGRATE_ASLEEP)) return;
  const TaskId task = tasks_.find(record.head.tid);
  if (task == kNoTask) return;
  Sleeper& sleeper = sleepers_[task];
  sleeper.moved_ns = record.head.time_ns;
  sleeper.woken_ns = 0;
}

void SleptWaits::on(const ht_waking& record) {
  if (sleepers_.empty()) return;
  const auto found = sleepers_.find(tasks_.find(record.head.tid));
  if (found != sleepers_.end() && found->second.woken_ns == 0)
    found->second.woken_ns = record.head.time_ns;
}

void SleptWaits::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_SWITCH) && !may_miss(lost, HT_MIGRATE)) return;
  sleepers_.clear();
  accounted_.clear();
}

void SleptWaits::begin(const ht_task& record) {
  const TaskId task = tasks_.find(record.head.tid);
  if (task == kNoTask) return;
  std::uint64_t& accounted_ns = accounted(task);
  // Switches that came before the scan know better.
  if (accounted_ns == kUnknown) accounted_ns = record.run_delay_ns;
  if (record.flags & HT_TASK_MOVED_ASLEEP)
    sleepers_.try_emplace(task, Sleeper{.moved_ns = record.head.time_ns});
}

// What run_delay has more than `before_ns` is of the sleep and of the wait after it, on all run queues; where
// that is not known only the wait on this one is looked at.
void SleptWaits::correct_wait(TaskId task, const Sleeper& sleeper, std::uint64_t before_ns) {
  const std::uint64_t came_ns = growth(tasks_.clock_age_ns(), switch_.head.time_ns);
  const std::uint64_t counted_ns = before_ns == kUnknown
                                       ? switch_.wait_ns
                                       : growth(before_ns, switch_.run_delay_ns + switch_.wait_ns);
  if (counted_ns == 0) return;
  const std::uint64_t elsewhere_ns = growth(switch_.wait_ns, counted_ns);
  std::uint64_t waited_ns = 0;
  if (sleeper.woken_ns != 0 && !sleeper.has_run) {
    waited_ns = std::min(counted_ns, growth(sleeper.woken_ns, came_ns));
    switch_.wait_ns = std::min<std::uint64_t>(switch_.wait_ns, waited_ns);
    switch_.run_delay_ns -= elsewhere_ns - growth(switch_.wait_ns, waited_ns);
  } else if (sleeper.has_run || elsewhere_ns != 0 ||
             growth(switch_.wait_ns, came_ns) < sleeper.moved_ns + kMoveNs) {
    switch_.wait_ns = HT_UNKNOWN_NS;
    switch_.run_delay_ns -= elsewhere_ns;
    account_.on_unmeasured_wait();
  } else {
    return;
  }
  take_off(task, counted_ns - waited_ns);
}

std::optional<Event> SleptWaits::correct(const ht_switch& record) {
  if (!sleepers_.empty() && record.prev_tid != 0)
    if (const auto found = sleepers_.find(tasks_.find(record.prev_tid)); found != sleepers_.end())
      found->second.has_run = true;
  if (record.head.tid == 0 || !(record.flags & HT_SWITCH_EXACT) ||
      record.wait_ns == HT_UNKNOWN_NS)  // a damaged file's
    return Event(&record);
  const TaskId task = tasks_.find(record.head.tid);
  if (task == kNoTask) return Event(&record);
  const std::uint64_t before_ns =
      std::exchange(accounted(task), record.run_delay_ns + record.wait_ns);
  if (sleepers_.empty() && excess_.empty()) return Event(&record);
  const std::uint64_t excess_ns = excess(task);
  const auto found = sleepers_.find(task);
  if (excess_ns == 0 && found == sleepers_.end()) return Event(&record);
  switch_ = record;
  if (found != sleepers_.end()) {
    correct_wait(task, found->second, before_ns);
    sleepers_.erase(found);
  }
  switch_.run_delay_ns -= std::min<std::uint64_t>(excess_ns, switch_.run_delay_ns);
  return Event(&switch_);
}

void SleptWaits::make_room() {
  if (accounted_.size() < tasks_.size()) accounted_.resize(tasks_.size(), kUnknown);
}

const ht_switch& SleptWaits::on_coming(const ht_switch& record, TaskId task, ht_switch& copy) {
  if (!(record.flags & HT_SWITCH_EXACT) || record.wait_ns == HT_UNKNOWN_NS) return record;
  accounted_[task] = record.run_delay_ns + record.wait_ns;
  const std::uint64_t excess_ns = excess(task);
  if (excess_ns == 0) return record;
  copy = record;
  copy.run_delay_ns -= std::min<std::uint64_t>(excess_ns, copy.run_delay_ns);
  return copy;
}

template <class Record>
Event SleptWaits::correct_counters(const Record& record, Record& copy) {
  if (sleepers_.empty() && excess_.empty()) return Event(&record);
  const TaskId task = tasks_.find(counters_of(record).head.tid);
  if (task == kNoTask) return Event(&record);
  // What run_delay grew by in such a sleep is looked at when the task comes.
  std::uint64_t run_delay_ns = counters_of(record).run_delay_ns;
  if (const std::uint64_t before_ns = accounted(task);
      before_ns != kUnknown && sleepers_.contains(task))
    run_delay_ns = std::min(run_delay_ns, before_ns);
  copy = record;
  counters_of(copy).run_delay_ns = growth(excess(task), run_delay_ns);
  return Event(&copy);
}

std::optional<Event> SleptWaits::corrected(const Event& event) {
  switch (event.head().type) {
    case HT_SWITCH:
      return correct(*event.as<ht_switch>());
    case HT_MIGRATE:
      on(*event.as<ht_migrate>());
      return event;
    case HT_WAKING:
      on(*event.as<ht_waking>());
      return event;
    case HT_LOST:
      on(*event.as<ht_lost>());
      return event;
    case HT_BEHIND:  // for the whole of what the kernel takes for a wait
      if (!sleepers_.empty() && sleepers_.contains(tasks_.find(event.head().tid)))
        return std::nullopt;
      return event;
    case HT_TASK_NEW:
      fold(tasks_.find(event.head().tid));
      begin(event.as<ht_task_new>()->task);
      return event;
    case HT_TASK_SEEN:
      begin(event.as<ht_task_seen>()->task);
      return correct_counters(*event.as<ht_task_seen>(), seen_);
    case HT_TASK_BOOKS:
      return correct_counters(*event.as<ht_task_books>(), books_);
    case HT_TASK_END:
      return correct_counters(*event.as<ht_task_end>(), end_);
    case HT_EXIT:
      if (const auto& exit = *event.as<ht_exit>(); exit.flags & HT_EXIT_COUNTERS)
        return correct_counters(exit, exit_);
      return event;
    default:
      return event;
  }
}

void SleptWaits::fold(TaskId task) {
  if (task < accounted_.size()) accounted_[task] = kUnknown;
  sleepers_.erase(task);
  excess_.erase(task);
}

}  // namespace hoodtrace
