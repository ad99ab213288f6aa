// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/loads.hpp"

#include <algorithm>
#include <limits>

#include "model/boot/tracker.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kKernelThreads = 2;  // kthreadd, the parent of all kernel threads
constexpr int kAncestors = 8;

std::uint64_t key_of(const ht_task& task) {
  return task.start_boottime_ns * 4194319U + task.head.tid;
}

bool has_failed(const ProcessLife& life) { return life.exit_ns && life.wait_status != 0; }

}  // namespace

void FaultCounters::read(const ht_task& task) {
  const auto [found, is_new] = threads_.try_emplace(key_of(task));
  Thread& thread = found->second;
  if (is_new) {
    thread.pid = task.pid;
    thread.born_ns = task.start_boottime_ns;
    by_pid_[task.pid].push_back(found->first);
  }
  thread.now = {task.min_flt, task.maj_flt};
}

void FaultCounters::on(const ht_task_seen& seen) {
  if (seen.task.head.tid == 0 || threads_.contains(key_of(seen.task))) return;
  read(seen.task);
  Thread& thread = threads_[key_of(seen.task)];
  thread.base = thread.now;
}

void FaultCounters::on(const ht_task_new& born) {
  read(born.task);
  threads_[key_of(born.task)].now = {};
}

void FaultCounters::on(const ht_task_end& end) { read(end.task); }
void FaultCounters::on(const ht_task_books& counters) { read(counters.task); }

FaultCounters::Faults FaultCounters::of(std::uint32_t pid, std::uint64_t from_ns,
                                        std::uint64_t to_ns) const {
  Faults sum;
  const auto found = by_pid_.find(pid);
  if (found == by_pid_.end()) return sum;
  for (const std::uint64_t key : found->second) {
    const Thread& thread = threads_.at(key);
    if (thread.born_ns < from_ns || thread.born_ns > to_ns) continue;
    sum.minor += thread.now.minor - std::min(thread.now.minor, thread.base.minor);
    sum.major += thread.now.major - std::min(thread.now.major, thread.base.major);
  }
  return sum;
}

std::string unit_of(const ProcessLife& life, const LifecycleTracker& lives,
                    const TaskTable& tasks) {
  const std::string_view unit = system_unit_of_cgroup(tasks.cgroup_path(life.cgroup_id));
  if (!unit.empty()) return std::string(unit);
  // A helper that the kernel starts descends from a worker thread.
  const ProcessLife* ancestor = &life;
  for (int i = 0; i < kAncestors && ancestor != nullptr; i++) {
    if (ancestor->pid == kKernelThreads || ancestor->parent_pid == kKernelThreads)
      return kKernelUnit;
    ancestor = lives.find(ancestor->parent);
  }
  return kNoUnit;
}

std::map<std::string, UnitLoad> join_loads(const LifecycleTracker& lives, const TaskTable& tasks,
                                           const FaultCounters& faults) {
  std::map<std::string, UnitLoad> loads;
  for (const auto& [id, life] : lives.lives()) {
    UnitLoad& load = loads[unit_of(life, lives, tasks)];
    load.processes.push_back(id);
    if (life.born_ns) {
      load.born++;
      load.first_ns = std::min(load.first_ns.value_or(*life.born_ns), *life.born_ns);
    }
    const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
    if (!times.on_cpu_ns) load.unaccounted++;
    load.on_cpu_ns += times.on_cpu_ns.value_or(0) + times.exit_work_ns.value_or(0);
    load.wait_ns += times.wait_ns.value_or(0);
    const std::uint64_t until_ns = life.exit_ns.value_or(std::numeric_limits<std::uint64_t>::max());
    const FaultCounters::Faults sum = faults.of(life.pid, life.start_boottime_ns, until_ns);
    load.minor_faults += sum.minor;
    load.major_faults += sum.major;
    if (has_failed(life)) load.failed++;
  }
  for (auto& [name, load] : loads) {
    std::uint64_t last_ns = 0;
    bool all = !load.processes.empty();
    for (const LifeId id : load.processes) {
      const ProcessLife& life = *lives.find(id);
      all = all && life.exit_ns;
      last_ns = std::max(last_ns, life.exit_ns.value_or(0));
    }
    if (all) load.last_ns = last_ns;
  }
  return loads;
}

}  // namespace hoodtrace
