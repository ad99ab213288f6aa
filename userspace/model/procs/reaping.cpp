// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/reaping.hpp"

#include <algorithm>
#include <utility>

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
  Parent& parent = parents_[child->second.parent_pid];
  (is_reapable(life) ? parent.zombies : parent.dying).add(child->second.place, life);
}

void Reaping::settle(ProcessLife& life) {
  life.is_reapable = true;
  const auto child = children_.find(life.id);
  if (child == children_.end() || !life.is_zombie()) return;
  Parent& parent = parents_[child->second.parent_pid];
  parent.dying.remove(child->second.place, life);
  parent.zombies.add(child->second.place, life);
}

void Reaping::remove(const ProcessLife& life) {
  const auto child = children_.find(life.id);
  if (child == children_.end()) return;
  const auto [parent_pid, place] = child->second;
  children_.erase(child);
  const auto found = parents_.find(parent_pid);
  Parent& parent = found->second;
  parent.children.erase(place);
  parent.zombies.remove(place, life);
  parent.dying.remove(place, life);
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

void Reaping::trust_exits() {
  trusts_exits_ = true;
  for (auto& [pid, parent] : parents_) {
    for (const auto& [place, id] : parent.dying.all())
      if (const ProcessLife* life = table_.find(id); life != nullptr)
        parent.zombies.add(place, *life);
    parent.dying.clear();
  }
}

void Reaping::doubt_all() {
  waits_.clear();
  for (auto& [pid, parent] : parents_) {
    for (ZombieList* list : {&parent.zombies, &parent.dying}) {
      for (const auto& [place, id] : list->all())
        if (ProcessLife* life = table_.find(id); life != nullptr) life->is_doubtful = true;
      list->clear();
    }
  }
}

void Reaping::confirm_zombie(ProcessLife& life) {
  if (!life.is_doubtful || !life.is_unreaped()) return;
  life.is_doubtful = false;
  life.is_reapable = true;  // the record of that may be among the lost ones
  add_zombie(life);
}

// One of those that were dead when tracing began may have a thread that lives.
ProcessLife* Reaping::zombie(LifeId id) {
  ProcessLife* life = id == kNoLife ? nullptr : table_.find(id);
  return life != nullptr && life->is_zombie() ? life : nullptr;
}

// Of a process group. Groups are not recorded: of several zombies none is guessed.
ProcessLife* Reaping::only_zombie(const Parent& parent, Wait& wait) {
  ProcessLife* only = nullptr;
  for (const ZombieList* list : {&parent.zombies, &parent.dying})
    for (const auto& [place, id] : list->all()) {
      ProcessLife* life = zombie(id);
      if (life == nullptr) continue;
      wait.took_one_of_several = only != nullptr;
      if (only != nullptr) return nullptr;
      only = life;
    }
  return only;
}

ProcessLife* Reaping::find_zombie(Wait& wait, std::uint32_t waiter_tid) {
  const auto found = parents_.find(wait.pid);
  if (found == parents_.end()) return nullptr;
  const Parent& parent = found->second;
  if (wait.selected_pid == HT_WAIT_GROUP) return only_zombie(parent, wait);
  for (const ZombieList* list : {&parent.zombies, &parent.dying}) {
    const LifeId id = wait.selected_pid != HT_WAIT_ANY
                          ? list->of_pid(wait.selected_pid)
                          : list->first(waiter_tid, [this](LifeId one) { return zombie(one); });
    if (ProcessLife* life = zombie(id); life != nullptr) return life;
  }
  return nullptr;
}

void Reaping::look(Wait& wait, std::uint32_t waiter_tid, std::uint64_t now_ns) {
  ProcessLife* life = find_zombie(wait, waiter_tid);
  // One that does not sleep is not seen to find nothing; the next one takes it.
  if (life == nullptr || (!is_reapable(*life) && !wait.may_sleep)) return;
  const Child child = children_.at(life->id);
  wait.taken = life->id;
  wait.was_dying = !is_reapable(*life);
  wait.place = child.place;
  wait.parent_pid = child.parent_pid;
  reap(*life, waiter_tid, now_ns);
}

void Reaping::give_back(Wait& wait) {
  ProcessLife* life = table_.find(std::exchange(wait.taken, kNoLife));
  // What the kernel has freed was reaped.
  if (life == nullptr || !life->reaped_ns || life->freed_ns) return;
  events_.retract(LifeEventKind::kReaped, life->id);
  life->reaped_ns.reset();
  life->reaped_by_tid = 0;
  children_[life->id] = {wait.parent_pid, wait.place};
  parents_[wait.parent_pid].children[wait.place] = life->id;
  add_zombie(*life);
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
    wait.may_sleep = (record.options & kNoHang) == 0;
    if (wait.takes) look(wait, tid, now_ns);
    if (wait.may_sleep) waits_[tid] = wait;
    return;
  }
  const auto found = waits_.find(tid);
  if (found == waits_.end() || !found->second.takes) return;
  Wait& wait = found->second;
  // It was preempted with what it had found.
  if (wait.taken != kNoLife && !wait.was_dying) return;
  // It slept after it had looked: what was dying then was no zombie yet.
  if (wait.taken != kNoLife) give_back(wait);
  look(wait, tid, now_ns);
}

}  // namespace hoodtrace
