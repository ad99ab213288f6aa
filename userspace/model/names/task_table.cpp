// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/task_table.hpp"

#include <charconv>
#include <cstring>

#include "event/session_words.hpp"

namespace hoodtrace {

TaskTable::TaskTable() {
  tasks_.emplace_back();
  slot(0).who = WhoTable::kIdle;
}

TaskTable::Slot& TaskTable::slot(std::uint32_t tid) {
  const std::size_t page = tid / kPage;
  if (pages_.size() <= page) pages_.resize(page + 1);
  if (!pages_[page]) pages_[page] = std::make_unique<Page>();
  return (*pages_[page])[tid % kPage];
}

TaskId TaskTable::make(std::uint32_t tid) {
  TaskId id = 0;
  if (free_.empty()) {
    id = static_cast<TaskId>(tasks_.size());
    tasks_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
    tasks_[id] = {};
  }
  settled_.resize(tasks_.size());
  settled_[id] = 0;
  tasks_[id].tid = tid;
  tasks_[id].in_use = true;
  slot(tid) = {id, WhoTable::kUnknown};
  return id;
}

void TaskTable::end(TaskId id) {
  if (!tasks_[id].alive) return;
  tasks_[id].alive = false;
  settled_[id] = 0;
  ended_.push_back(id);
}

void TaskTable::forget(TaskId id) {
  Task& task = tasks_[id];
  if (!ended_.empty() && ended_.front() == id)
    ended_.pop_front();
  else
    std::erase(ended_, id);
  if (find(task.tid) == id) slot(task.tid) = {};
  task.in_use = false;
  free_.push_back(id);
}

void TaskTable::forget_ended() {
  while (!ended_.empty()) forget(ended_.front());
}

std::string_view TaskTable::cgroup_path(std::uint64_t id) const {
  const auto found = cgroups_.find(id);
  return found == cgroups_.end() ? std::string_view() : found->second;
}

void TaskTable::rename(TaskId id, const char* comm) {
  Task& task = tasks_[id];
  std::memcpy(task.comm.data(), comm, HT_COMM_LEN);
  if (find(task.tid) == id) slot(task.tid).who = kNotAsked;
}

WhoId TaskTable::ask(std::uint32_t tid) {
  Slot& slot = this->slot(tid);
  const Task& task = tasks_[slot.task];
  return slot.who = names_.intern(task.pid, comm_view(task));
}

void TaskTable::take(TaskId id, const ht_task& from) {
  Task& task = tasks_[id];
  task.pid = from.pid;
  task.parent_pid = from.parent_pid;
  task.start_boottime_ns = from.start_boottime_ns;
  task.cgroup_id = from.cgroup_id;
  task.traced = (from.flags & HT_TASK_TRACED) != 0;
  task.kthread = (from.flags & HT_TASK_KTHREAD) != 0;
  settle(id);
  rename(id, from.comm);
}

void TaskTable::settle(TaskId id) {
  const Task& task = tasks_[id];
  settled_[id] = task.alive && task.traced && task.pid != 0 ? 1 : 0;
}

void TaskTable::on(const ht_session& session) {
  self_pid_ = session.self_pid;
  exact_ = (session.flags & HT_SESSION_EXACT) != 0;
  for (const auto& [key, value] : session_words(session)) {
    std::int64_t number = 0;
    if (std::from_chars(value.begin(), value.end(), number).ec != std::errc{}) continue;
    if (key == kClockRateWord) clock_at_start_.assume_rate(static_cast<double>(number) / 1e9);
    if (key == kClockLagWord) clock_at_start_.assume_lag(number, session.head.time_ns);
  }
}

void TaskTable::on(const ht_task_seen& seen) {
  if (seen.task.head.tid == 0) return;
  const TaskId known = find(seen.task.head.tid);
  // Known by a birth record already: the same task, or the one that the tid meant before.
  const bool same =
      known != kNoTask && (tasks_[known].start_boottime_ns == 0 ||
                           tasks_[known].start_boottime_ns == seen.task.start_boottime_ns);
  if (known != kNoTask && !same) end(known);
  take(same ? known : make(seen.task.head.tid), seen.task);
}

void TaskTable::on(const ht_task_new& born) {
  if (born.task.head.tid == 0) return;
  const TaskId before = find(born.task.head.tid);
  if (before != kNoTask) end(before);
  take(make(born.task.head.tid), born.task);
}

void TaskTable::on(const ht_task_name& name) {
  const TaskId id = successor(at(name.head.tid));
  if (id == kNoTask) return;
  Task& task = tasks_[id];
  task.comm_before = task.comm;
  task.pid = name.pid;
  if (name.flags & HT_TASK_TRACED) task.traced = true;
  rename(id, name.comm);
}

void TaskTable::take_over(TaskId leader, TaskId thread) {
  Task& old = tasks_[leader];
  Task& task = tasks_[thread];
  task.tid_before = task.tid;
  task.tid = old.tid;
  // de_thread() sets the leader's start time in it as well; 0 = not known yet.
  task.start_boottime_ns = old.start_boottime_ns;
  slot(task.tid) = {thread, kNotAsked};
  // The leader has the thread's tid, under which its end follows.
  old.tid = task.tid_before;
  slot(task.tid_before) = old.alive ? Slot{leader, kNotAsked} : Slot{};
}

TaskId TaskTable::seek_successor(TaskId leader) {
  tasks_[leader].successor_sought = true;
  const std::uint32_t pid = tasks_[leader].pid;
  if (pid == 0 || pid != tasks_[leader].tid) return leader;
  TaskId only = kNoTask;
  for (TaskId id = 1; id < tasks_.size(); id++) {
    if (!tasks_[id].in_use || !tasks_[id].alive || tasks_[id].pid != pid) continue;
    if (only != kNoTask) return leader;
    only = id;
  }
  if (only == kNoTask) return leader;
  take_over(leader, only);
  return only;
}

void TaskTable::on(const ht_task_exec& exec) {
  if (exec.old_tid == exec.head.tid || exec.head.tid == 0 || exec.old_tid == 0) return;
  const TaskId leader = at(exec.head.tid);
  if (tasks_[leader].tid_before != exec.old_tid) {
    const TaskId thread = at(exec.old_tid);
    take_over(leader, thread);
    // The new name was recorded under the leader's tid.
    if (const auto before = tasks_[leader].comm_before; before.front() != '\0') {
      rename(thread, tasks_[leader].comm.data());
      rename(leader, before.data());
    }
  }
  Task& task = tasks_[find(exec.head.tid)];
  task.tid_before = 0;
  if (exec.flags & HT_TASK_TRACED) task.traced = true;
}

void TaskTable::on(const ht_task_end& record) {
  TaskId id = find(record.task.head.tid);
  if (id == kNoTask) return;
  if (tasks_[id].start_boottime_ns == 0) take(id, record.task);
  // The end of a leader whose tid a thread has taken over: it has the thread's.
  if (const TaskId leader = find(record.task.pid);
      leader != kNoTask && leader != id && tasks_[leader].alive &&
      tasks_[id].start_boottime_ns != record.task.start_boottime_ns &&
      tasks_[leader].start_boottime_ns == record.task.start_boottime_ns) {
    take_over(leader, id);
    id = leader;
  }
  if (tasks_[id].start_boottime_ns == record.task.start_boottime_ns) end(id);
}

void TaskTable::on(const ht_task_cgroup& move) {
  const TaskId id = at(move.head.tid);
  if (id == kNoTask) return;
  tasks_[id].cgroup_id = move.cgroup_id;
  if (move.flags & HT_TASK_TRACED) tasks_[id].traced = true;
}

void TaskTable::on(const ht_cgroup_name& name) {
  const std::string_view tail = tail_of(name);
  cgroups_[name.cgroup_id] = std::string(tail.substr(0, tail.find('\0')));
}

std::uint64_t TaskTable::age_at(const ht_switch& record) {
  if (!exact_ || record.clock_lag == 0) return 0;
  if (clocks_.size() <= record.head.cpu)
    clocks_.resize(record.head.cpu + std::size_t{1}, clock_at_start_);
  return clocks_[record.head.cpu].age_ns(record.head.time_ns, record.clock_lag);
}

void TaskTable::take_over_on(std::uint16_t cpu, TaskId leader) {
  const TaskId thread = cpu < running_.size() ? running_[cpu] : kNoTask;
  if (thread == kNoTask || thread == leader) return;
  const Task& old = tasks_[leader];
  const Task& task = tasks_[thread];
  if (task.in_use && task.alive && old.pid == old.tid && task.pid == old.tid)
    take_over(leader, thread);
}

void TaskTable::on(const ht_switch& record) {
  clock_age_ns_ = age_at(record);
  const std::uint16_t cpu = record.head.cpu;
  if (record.flags & HT_SWITCH_PREV_TRACED) {
    TaskId id = at(record.prev_tid);
    if (id != kNoTask && !tasks_[id].alive) {
      take_over_on(cpu, id);
      id = successor(find(record.prev_tid));
    }
    if (id != kNoTask) {
      tasks_[id].traced = true;
      settle(id);
    }
  }
  TaskId next = kNoTask;
  if (record.flags & HT_SWITCH_NEXT_TRACED) {
    next = successor(at(record.head.tid));
    if (next != kNoTask) {
      tasks_[next].traced = true;
      if (tasks_[next].pid == 0) tasks_[next].pid = record.next_pid;
      settle(next);
    }
  }
  if (running_.size() <= cpu) running_.resize(cpu + std::size_t{1}, kNoTask);
  running_[cpu] = next;
}

}  // namespace hoodtrace
