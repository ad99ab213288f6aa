// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/reaping.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

// include/uapi/linux/wait.h
constexpr std::uint32_t kNoHang = 0x1;
constexpr std::uint32_t kExited = 0x4;
constexpr std::uint32_t kNoWait = 0x01000000;

}  // namespace

void Reaping::add_to(std::uint32_t parent_pid, LifeId child) {
  if (parent_pid == 0) return;
  const Place place = ++last_place_;
  children_[child] = {parent_pid, place};
  parents_[parent_pid].children[place] = child;
}

void Reaping::add(const ProcessLife& life) { add_to(life.reaper_pid(), life.id); }

void Reaping::adopt(ProcessLife& life, std::uint32_t parent_pid, const std::string& parent_comm,
                    std::uint64_t now_ns) {
  remove(life);
  life.adoptions.push_back({now_ns, parent_pid, parent_comm});
  add_to(parent_pid, life.id);
  if (life.is_zombie()) add_zombie(life);
  events_.add(LifeEventKind::kAdopted, life, now_ns, life.adoptions.size() - 1);
}

void Reaping::hand_over(std::uint32_t dead_pid, std::uint32_t heir_pid,
                        const std::string& heir_comm, std::uint64_t now_ns) {
  const auto found = parents_.find(dead_pid);
  if (found == parents_.end() || heir_pid == dead_pid) return;
  const std::map<Place, LifeId> orphans = found->second.children;
  for (const auto& [place, id] : orphans)
    if (ProcessLife* orphan = table_.find(id); orphan != nullptr)
      adopt(*orphan, heir_pid, heir_comm, now_ns);
}

void Reaping::add_zombie(const ProcessLife& life) {
  const auto child = children_.find(life.id);
  if (child == children_.end()) return;
  const Place place = child->second.place;
  Parent& parent = parents_[child->second.parent_pid];
  parent.zombies[place] = life.id;
  parent.zombies_by_thread.insert({life.parent_tid, place});
  parent.zombies_by_pid.emplace(life.pid, place);
}

void Reaping::remove(const ProcessLife& life) {
  const auto child = children_.find(life.id);
  if (child == children_.end()) return;
  const auto [parent_pid, place] = child->second;
  children_.erase(child);
  const auto found = parents_.find(parent_pid);
  Parent& parent = found->second;
  parent.children.erase(place);
  if (parent.zombies.erase(place) > 0) {
    parent.zombies_by_thread.erase({life.parent_tid, place});
    const auto by_pid = parent.zombies_by_pid.find(life.pid);
    if (by_pid != parent.zombies_by_pid.end() && by_pid->second == place)
      parent.zombies_by_pid.erase(by_pid);
  }
  if (parent.children.empty()) parents_.erase(found);
}

void Reaping::reap(ProcessLife& life, std::uint32_t by_tid, std::uint64_t now_ns) {
  if (life.reaped_ns) events_.retract(LifeEventKind::kReaped, life.id);  // a correction
  life.reaped_ns = now_ns;
  life.reaped_by_tid = by_tid;
  life.is_doubtful = false;
  remove(life);
  events_.add(LifeEventKind::kReaped, life, now_ns);
}

void Reaping::reap_at_exit(ProcessLife& life, std::uint64_t now_ns) { reap(life, 0, now_ns); }

void Reaping::free(ProcessLife& life, std::uint64_t now_ns) {
  life.freed_ns = std::min(now_ns, life.freed_ns.value_or(now_ns));
  life.is_doubtful = false;
  remove(life);
}

void Reaping::prove_reaped(ProcessLife& life, std::uint64_t now_ns) {
  if (life.is_unreaped()) free(life, now_ns);
}

void Reaping::end_wait(std::uint32_t tid, std::uint64_t now_ns) {
  const auto found = waits_.find(tid);
  if (found == waits_.end()) return;
  // An interrupted wait reaps nothing; the next wait reaps this zombie soon after.
  Wait wait = found->second;
  waits_.erase(found);
  if (!wait.takes || wait.taken != kNoLife || wait.took_one_of_several) return;
  if (ProcessLife* child = find_zombie(wait, tid); child != nullptr) prove_reaped(*child, now_ns);
}

void Reaping::doubt_all() {
  waits_.clear();
  for (auto& [pid, parent] : parents_) {
    for (const auto& [place, id] : parent.zombies)
      if (ProcessLife* life = table_.find(id); life != nullptr) life->is_doubtful = true;
    parent.zombies.clear();
    parent.zombies_by_thread.clear();
    parent.zombies_by_pid.clear();
  }
}

void Reaping::confirm_zombie(ProcessLife& life) {
  if (!life.is_doubtful || !life.is_unreaped()) return;
  life.is_doubtful = false;
  add_zombie(life);
}

// One of those that were dead when tracing began may have a thread that lives.
ProcessLife* Reaping::zombie_at(const Parent& parent, Place place) {
  const auto at = parent.zombies.find(place);
  ProcessLife* life = at == parent.zombies.end() ? nullptr : table_.find(at->second);
  return life != nullptr && life->is_zombie() ? life : nullptr;
}

// The one that the kernel takes: of the waiter's own children the oldest, else the oldest of the
// other threads'. Process groups are not recorded: of several zombies none is guessed.
ProcessLife* Reaping::find_zombie(Wait& wait, std::uint32_t waiter_tid) {
  const auto found = parents_.find(wait.pid);
  if (found == parents_.end()) return nullptr;
  const Parent& parent = found->second;
  if (wait.selected_pid == HT_WAIT_GROUP) {
    ProcessLife* only = nullptr;
    for (const auto& [place, id] : parent.zombies) {
      ProcessLife* zombie = zombie_at(parent, place);
      if (zombie == nullptr) continue;
      wait.took_one_of_several = only != nullptr;
      if (only != nullptr) return nullptr;
      only = zombie;
    }
    return only;
  }
  if (wait.selected_pid != HT_WAIT_ANY) {
    const auto by_pid = parent.zombies_by_pid.find(wait.selected_pid);
    return by_pid == parent.zombies_by_pid.end() ? nullptr : zombie_at(parent, by_pid->second);
  }
  for (auto own = parent.zombies_by_thread.lower_bound({waiter_tid, 0});
       own != parent.zombies_by_thread.end() && own->first == waiter_tid; ++own)
    if (ProcessLife* zombie = zombie_at(parent, own->second); zombie != nullptr) return zombie;
  for (const auto& [place, id] : parent.zombies)
    if (ProcessLife* zombie = zombie_at(parent, place); zombie != nullptr) return zombie;
  return nullptr;
}

void Reaping::look(Wait& wait, std::uint32_t waiter_tid, std::uint64_t now_ns) {
  ProcessLife* child = find_zombie(wait, waiter_tid);
  if (child == nullptr) return;
  wait.taken = child->id;
  reap(*child, waiter_tid, now_ns);
}

void Reaping::on(const ht_wait& record) {
  const std::uint32_t tid = record.head.tid;
  const std::uint64_t now_ns = record.head.time_ns;
  if (record.kind == HT_WAIT_LOOKS) {
    end_wait(tid, now_ns);
    Wait wait;
    wait.pid = record.pid;
    wait.selected_pid = record.selected_pid;
    wait.takes = (record.options & kExited) != 0 && (record.options & kNoWait) == 0;
    if (wait.takes) look(wait, tid, now_ns);
    if (!(record.options & kNoHang)) waits_[tid] = wait;
    return;
  }
  const auto found = waits_.find(tid);
  if (found == waits_.end() || !found->second.takes) return;
  Wait& wait = found->second;
  if (ProcessLife* taken = table_.find(wait.taken); taken != nullptr) {
    // It slept after it had looked: the child was no zombie yet.
    reap(*taken, tid, now_ns);
    return;
  }
  look(wait, tid, now_ns);
}

}  // namespace hoodtrace
