// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/process_table.hpp"

namespace hoodtrace {

const ProcessLife* ProcessTable::find(LifeId id) const {
  const auto found = lives_.find(id);
  return found == lives_.end() ? nullptr : &found->second;
}

ProcessLife* ProcessTable::find(LifeId id) {
  const auto found = lives_.find(id);
  return found == lives_.end() ? nullptr : &found->second;
}

ProcessLife* ProcessTable::current(std::uint32_t pid) {
  const auto found = by_pid_.find(pid);
  return found == by_pid_.end() ? nullptr : find(found->second);
}

ProcessLife* ProcessTable::ended(std::uint32_t pid, std::uint64_t start_boottime_ns) {
  const auto found = by_key_.find({pid, start_boottime_ns});
  return found == by_key_.end() ? nullptr : find(found->second);
}

ProcessLife* ProcessTable::last_ended(std::uint32_t pid) {
  const auto found = last_ended_.find(pid);
  return found == last_ended_.end() ? nullptr : find(found->second);
}

ProcessLife& ProcessTable::make(std::uint32_t pid, std::uint64_t start_boottime_ns) {
  const LifeId id = ++last_id_;
  ProcessLife& life = lives_[id];
  life.id = id;
  life.pid = pid;
  life.start_boottime_ns = start_boottime_ns;
  by_pid_[pid] = id;
  return life;
}

void ProcessTable::end(const ProcessLife& life) {
  const auto found = by_pid_.find(life.pid);
  if (found == by_pid_.end() || found->second != life.id) return;
  by_pid_.erase(found);
  ended_.push_back(life.id);
  last_ended_[life.pid] = life.id;
  by_key_[{life.pid, life.start_boottime_ns}] = life.id;
}

void ProcessTable::erase_first_ended() {
  erase(ended_.front());
  ended_.pop_front();
}

void ProcessTable::erase(LifeId id) {
  const ProcessLife* life = find(id);
  if (life == nullptr) return;
  const auto key = by_key_.find({life->pid, life->start_boottime_ns});
  if (key != by_key_.end() && key->second == id) by_key_.erase(key);
  const auto last = last_ended_.find(life->pid);
  if (last != last_ended_.end() && last->second == id) last_ended_.erase(last);
  lives_.erase(id);
}

}  // namespace hoodtrace
