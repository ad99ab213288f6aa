// SPDX-License-Identifier: GPL-2.0-or-later
// Dead children of one parent, in the order in which the kernel looks at them (kernel/exit.c,
// do_wait_thread()): the oldest first.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "model/procs/process_life.hpp"

namespace hoodtrace {

class ZombieList {
 public:
  // A place in the list of a parent's children: grows with each that is added to any.
  using Place = std::uint64_t;

  void add(Place place, const ProcessLife& life) {
    all_[place] = life.id;
    by_thread_.insert({life.parent_tid, place});
    by_pid_.emplace(life.pid, place);
  }
  void remove(Place place, const ProcessLife& life) {
    if (all_.erase(place) == 0) return;
    by_thread_.erase({life.parent_tid, place});
    const auto by_pid = by_pid_.find(life.pid);
    if (by_pid != by_pid_.end() && by_pid->second == place) by_pid_.erase(by_pid);
  }
  void clear() {
    all_.clear();
    by_thread_.clear();
    by_pid_.clear();
  }
  [[nodiscard]] const std::map<Place, LifeId>& all() const { return all_; }
  // The one that a wait of `tid` takes first: of its own children the oldest, else the oldest of other
  // threads'. is_zombie(LifeId) says which ones count; kNoLife without any.
  template <class IsZombie>
  [[nodiscard]] LifeId first(std::uint32_t tid, IsZombie is_zombie) const {
    for (auto own = by_thread_.lower_bound({tid, 0}); own != by_thread_.end() && own->first == tid;
         ++own)
      if (const LifeId id = all_.at(own->second); is_zombie(id)) return id;
    for (const auto& [place, id] : all_)
      if (is_zombie(id)) return id;
    return kNoLife;
  }
  // kNoLife when it has no such child.
  [[nodiscard]] LifeId of_pid(std::uint32_t pid) const {
    const auto found = by_pid_.find(pid);
    return found == by_pid_.end() ? kNoLife : all_.at(found->second);
  }

 private:
  std::map<Place, LifeId> all_;
  std::set<std::pair<std::uint32_t, Place>> by_thread_;  // that forked them
  std::unordered_map<std::uint32_t, Place> by_pid_;
};

}  // namespace hoodtrace
