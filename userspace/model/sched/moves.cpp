// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/moves.hpp"

#include <algorithm>

#include "base/cpu_list.hpp"
#include "event/session_words.hpp"

namespace hoodtrace {

void CpuGroups::read(std::string_view lists) {
  group_.clear();
  for (std::uint32_t number = 1; !lists.empty(); number++) {
    const std::string_view list = lists.substr(0, lists.find(';'));
    for (const std::uint32_t cpu : parse_cpu_list(list)) {
      if (cpu >= HT_CPU_LIMIT) continue;
      if (group_.size() <= cpu) group_.resize(cpu + 1);
      group_[cpu] = number;
    }
    lists.remove_prefix(std::min(lists.size(), list.size() + 1));
  }
}

bool CpuGroups::are_apart(std::uint32_t a, std::uint32_t b) const {
  if (a >= group_.size() || b >= group_.size()) return false;
  return group_[a] != 0 && group_[b] != 0 && group_[a] != group_[b];
}

void MoveTracker::on(const ht_session& session) {
  for (const auto& [key, value] : session_words(session)) {
    if (key == kCachesWord) caches_.read(value);
    if (key == kNodesWord) nodes_.read(value);
  }
  is_recorded_ = has_family(read_session(session), "cpus");
}

void MoveTracker::count(std::uint8_t reason, std::uint32_t from, std::uint32_t to) {
  Moves& moves = moves_[reason];
  moves.count++;
  if (caches_.are_apart(from, to)) moves.other_cache++;
  if (nodes_.are_apart(from, to)) moves.other_node++;
}

void MoveTracker::on(const ht_migrate& record) {
  if (record.reason != 0) count(record.reason, record.from_cpu, record.to_cpu);
}

void MoveTracker::on(const ht_task_new& born) {
  if (!is_recorded_ || !(born.task.flags & HT_TASK_TRACED)) return;
  const TaskId id = tasks_.find(born.task.head.tid);
  if (id != kNoTask) born_on_[id] = born.task.head.cpu;
}

void MoveTracker::on(const ht_switch& record) {
  if (born_on_.empty() || record.head.tid == 0) return;
  const auto born = born_on_.find(tasks_.find(record.head.tid));
  if (born == born_on_.end()) return;
  if (born->second != record.head.cpu) count(kFork, born->second, record.head.cpu);
  born_on_.erase(born);
}

void MoveTracker::advance(Queue& queue, std::uint64_t now_ns) {
  if (queue.since_ns == 0 || now_ns <= queue.since_ns) return;
  const std::uint64_t ns = now_ns - queue.since_ns;
  queue.since_ns = now_ns;
  queue.times.known_ns += ns;
  queue.times.fair_ns += queue.last.fair * ns;
  queue.times.delayed_ns += queue.last.delayed * ns;
  queue.times.real_time_ns += queue.last.real_time * ns;
  queue.times.deadline_ns += queue.last.deadline * ns;
  queue.times.other_ns += queue.last.other * ns;
}

void MoveTracker::on(const ht_queue& record) {
  if (queues_.size() <= record.head.cpu) queues_.resize(record.head.cpu + 1);
  Queue& queue = queues_[record.head.cpu];
  advance(queue, record.head.time_ns);
  queue.last = record;
  if (queue.since_ns == 0) queue.since_ns = record.head.time_ns;
}

void MoveTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_QUEUE) || lost.head.cpu >= queues_.size()) return;
  advance(queues_[lost.head.cpu], lost.head.time_ns);
  queues_[lost.head.cpu].since_ns = 0;
}

void MoveTracker::settle(std::uint64_t now_ns) {
  for (Queue& queue : queues_) advance(queue, now_ns);
}

void MoveTracker::begin_interval(std::uint64_t now_ns) {
  moves_.clear();
  for (Queue& queue : queues_) {
    queue.times = {};
    if (queue.since_ns != 0) queue.since_ns = now_ns;
  }
}

void MoveTracker::fold(TaskId task) { born_on_.erase(task); }

const QueueTimes* MoveTracker::queue(std::size_t cpu) const {
  if (cpu >= queues_.size() || queues_[cpu].times.known_ns == 0) return nullptr;
  return &queues_[cpu].times;
}

}  // namespace hoodtrace
