// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/diff/collect.hpp"

#include <optional>

#include "event/feed.hpp"
#include "view/diff/parts.hpp"

namespace hoodtrace {

struct DiffCollector::Trackers {
  Trackers(TaskTable& task_table, Families families) : tasks(task_table) {
    if (families.has(Family::kWhy))
      why.emplace(tasks, WhyTracker::Options{});
    else if (families.has(Family::kSched))
      sched.emplace(tasks, SchedTracker::Options{.threshold_ns = 0, .culprits = false});
    if (families.has(Family::kFaults)) faults.emplace(tasks);
    if (families.has(Family::kLife)) lives.emplace(tasks, LifecycleTracker::Options{});
    if (families.has(Family::kCache)) cache.emplace(tasks);
    if (families.has(Family::kDisk)) disk.emplace(tasks, DiskTracker::Settings{});
  }

  TaskTable& tasks;
  std::optional<SchedTracker> sched;
  std::optional<WhyTracker> why;  // has the waits too
  std::optional<FaultTracker> faults;
  std::optional<LifecycleTracker> lives;
  std::optional<CacheTracker> cache;
  std::optional<DiskTracker> disk;
};

DiffCollector::DiffCollector(TaskTable& tasks, Families families)
    : trackers_(std::make_unique<Trackers>(tasks, families)) {}
DiffCollector::~DiffCollector() = default;

void DiffCollector::on_event(const Event& event) {
  Trackers& all = *trackers_;
  if (all.sched) feed(*all.sched, event);
  if (all.why) feed(*all.why, event);
  if (all.faults) feed(*all.faults, event);
  if (all.lives) feed(*all.lives, event);
  if (all.cache) feed(*all.cache, event);
  if (all.disk) feed(*all.disk, event);
}

void DiffCollector::fold(TaskId task) {
  Trackers& all = *trackers_;
  if (all.sched) all.sched->fold(task);
  if (all.why) all.why->fold(task);
  if (all.faults) all.faults->fold(task);
  if (all.lives) all.lives->fold(task);
  if (all.cache) all.cache->fold(task);
  if (all.disk) all.disk->fold(task);
}

void DiffCollector::take(std::uint64_t from_ns, std::uint64_t now_ns, DiffPiece& piece) {
  Trackers& all = *trackers_;
  if (all.sched) {
    all.sched->settle(now_ns);
    collect_sched(*all.sched, all.tasks, piece);
    all.sched->begin_interval(now_ns);
  }
  if (all.why) {
    all.why->settle(now_ns);
    collect_sched(all.why->sched(), all.tasks, piece);
    collect_why(*all.why, piece);
    all.why->begin_interval(now_ns);
  }
  if (all.faults) {
    collect_faults(*all.faults, all.tasks, piece);
    all.faults->begin_interval();
  }
  if (all.lives) {
    collect_procs(*all.lives, from_ns, now_ns, piece);
    all.lives->begin_interval();
  }
  if (all.cache) {
    all.cache->settle();
    collect_cache(*all.cache, all.tasks, piece);
    all.cache->begin_interval();
  }
  if (all.disk) {
    collect_disk(*all.disk, piece);
    all.disk->begin_interval(now_ns);
  }
  all.tasks.forget_ended();
}

}  // namespace hoodtrace
