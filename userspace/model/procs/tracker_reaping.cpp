// SPDX-License-Identifier: GPL-2.0-or-later
// Who has to reap whom, and when it did.

#include <algorithm>

#include "model/procs/tracker.hpp"

namespace hoodtrace {
namespace {

// include/uapi/linux/wait.h
constexpr std::uint32_t kNoHang = 0x1;
constexpr std::uint32_t kExited = 0x4;
constexpr std::uint32_t kNoWait = 0x01000000;

}  // namespace

void LifecycleTracker::add_child(std::uint32_t parent_pid, LifeId child) {
  if (parent_pid != 0) children_[parent_pid].push_back(child);
}

void LifecycleTracker::remove_child(const ProcessLife& life) {
  const auto found = children_.find(life.reaper_pid());
  if (found == children_.end()) return;
  std::erase(found->second, life.id);
  if (found->second.empty()) children_.erase(found);
}

void LifecycleTracker::hand_over(ProcessLife& dead, std::uint32_t heir_pid, std::uint64_t now_ns) {
  const auto found = children_.find(dead.pid);
  if (found == children_.end() || heir_pid == dead.pid) return;
  const std::vector<LifeId> orphans = std::move(found->second);
  children_.erase(found);
  for (const LifeId id : orphans) {
    ProcessLife& orphan = lives_.find(id)->second;
    orphan.adoptions.push_back({now_ns, heir_pid, comm_of(heir_pid)});
    add_child(heir_pid, id);
    say(LifeFactKind::kAdopted, orphan, now_ns, orphan.adoptions.size() - 1);
  }
}

void LifecycleTracker::reap(ProcessLife& life, std::uint32_t by_tid, std::uint64_t now_ns) {
  if (life.reaped_ns) facts_.retract(LifeFactKind::kReaped, life.id);  // a correction
  life.reaped_ns = now_ns;
  life.reaped_by_tid = by_tid;
  remove_child(life);
  say(LifeFactKind::kReaped, life, now_ns);
}

// The one that the kernel takes: of the waiter's own children the oldest, else the oldest of the
// other threads'. Process groups are not recorded: of several zombies none is guessed.
ProcessLife* LifecycleTracker::find_zombie(const Wait& wait, std::uint32_t waiter_tid) {
  const auto found = children_.find(wait.pid);
  if (found == children_.end()) return nullptr;
  ProcessLife* oldest = nullptr;
  for (const LifeId id : found->second) {
    ProcessLife& child = lives_.find(id)->second;
    if (!child.is_zombie()) continue;
    if (wait.selected_pid == HT_WAIT_GROUP) {
      if (oldest != nullptr) return nullptr;
    } else if (wait.selected_pid != HT_WAIT_ANY && wait.selected_pid != child.pid) {
      continue;
    } else if (child.parent_tid == waiter_tid) {
      return &child;
    }
    if (oldest == nullptr) oldest = &child;
  }
  return oldest;
}

void LifecycleTracker::look(Wait& wait, std::uint32_t waiter_tid, std::uint64_t now_ns) {
  ProcessLife* child = find_zombie(wait, waiter_tid);
  if (child == nullptr) return;
  wait.taken = child->id;
  reap(*child, waiter_tid, now_ns);
}

void LifecycleTracker::on(const ht_wait& record) {
  const std::uint32_t tid = record.head.tid;
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.kind == HT_WAIT_LOOKS) {
    Wait wait;
    wait.pid = record.pid;
    wait.selected_pid = record.selected_pid;
    wait.takes = (record.options & kExited) != 0 && (record.options & kNoWait) == 0;
    if (wait.takes) look(wait, tid, now_ns);
    if (record.options & kNoHang)
      waits_.erase(tid);
    else
      waits_[tid] = wait;
    return;
  }
  const auto found = waits_.find(tid);
  if (found == waits_.end() || !found->second.takes) return;
  Wait& wait = found->second;
  const auto taken = lives_.find(wait.taken);
  if (wait.taken != kNoLife && taken != lives_.end()) {
    // It slept after it had looked: the child was no zombie yet.
    reap(taken->second, tid, now_ns);
    return;
  }
  look(wait, tid, now_ns);
}

}  // namespace hoodtrace
