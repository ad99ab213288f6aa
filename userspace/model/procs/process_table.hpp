// SPDX-License-Identifier: GPL-2.0-or-later
// The processes that are known: the living by pid, the ended by pid and start time.
//
// A process is identified by (pid, start time): a reused pid is another process
// (docs/kernel-notes.md, note 25). References stay valid until their process is erased.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "model/procs/process_life.hpp"

namespace hoodtrace {

class ProcessTable {
 public:
  // In order of birth.
  [[nodiscard]] const std::map<LifeId, ProcessLife>& lives() const { return lives_; }
  [[nodiscard]] const ProcessLife* find(LifeId id) const;
  [[nodiscard]] ProcessLife* find(LifeId id);
  // The one that pid means now; null when none is known.
  [[nodiscard]] ProcessLife* current(std::uint32_t pid);
  // One that has ended; null when it is not known (any more).
  [[nodiscard]] ProcessLife* ended(std::uint32_t pid, std::uint64_t start_boottime_ns);

  // The last one of that pid that has ended; null when none has.
  [[nodiscard]] ProcessLife* last_ended(std::uint32_t pid);
  template <class Visit>
  void each(Visit visit) {
    for (auto& [id, life] : lives_) visit(life);
  }

  // From now on pid means this one. The one before must have ended.
  ProcessLife& make(std::uint32_t pid, std::uint64_t start_boottime_ns);
  // Its pid means none from now on.
  void end(const ProcessLife& life);

  // More processes have ended than are kept: erase the one that ended first.
  [[nodiscard]] bool has_too_many() const { return ended_.size() > kMaxEnded; }
  [[nodiscard]] const ProcessLife* first_ended() const { return find(ended_.front()); }
  void erase_first_ended();
  // Erases the ended processes for which is_gone(life).
  template <class IsGone>
  void erase_ended(IsGone is_gone) {
    std::deque<LifeId> kept;
    for (const LifeId id : ended_) {
      if (is_gone(*find(id)))
        erase(id);
      else
        kept.push_back(id);
    }
    ended_ = std::move(kept);
  }

 private:
  struct Key {
    std::uint32_t pid;
    std::uint64_t start_boottime_ns;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::uint64_t>()(key.start_boottime_ns * 4194319U + key.pid);
    }
  };

  void erase(LifeId id);

  static constexpr std::size_t kMaxEnded = 65536;

  std::map<LifeId, ProcessLife> lives_;
  LifeId last_id_ = kNoLife;
  std::unordered_map<std::uint32_t, LifeId> by_pid_;      // of the living
  std::unordered_map<Key, LifeId, KeyHash> by_key_;       // of the ended
  std::unordered_map<std::uint32_t, LifeId> last_ended_;  // by pid
  std::deque<LifeId> ended_;                              // the first that ended first
};

}  // namespace hoodtrace
