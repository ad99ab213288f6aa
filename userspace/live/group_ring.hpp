// SPDX-License-Identifier: GPL-2.0-or-later
// Reads one CPU's ring of switches, of faults or of wakings in place: what is read stays in its
// slots until it is consumed.
//
// The protocol is bpf/group_ring.bpf.h's: counts that only grow, slots of one size, and so no
// record that wraps, is half written or was discarded. Only the last few, which are not in the
// slots yet, are copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/result.hpp"
#include "live/ring_reader.hpp"
#include "settings.h"

namespace hoodtrace {

class MapMemory;

// Ring: ht_switch_ring, ht_fault_ring or ht_waking_ring.
template <class Ring>
class GroupRing {
 public:
  // The rings of the first `cpus` CPUs, of `groups` of slots each, in these two maps. They stay
  // mapped as long as one of the rings is there.
  static Result<std::vector<GroupRing>> create(int rings_map, int slots_map, std::uint32_t cpus,
                                               std::uint32_t groups);

  // As of RingReader; positions count records.
  void look();
  bool scan(RingReader::Item& item);
  [[nodiscard]] RecordView read(std::uint64_t& position) const {
    const Record& record = at(position++);
    return {&record.head, sizeof(record)};
  }
  [[nodiscard]] double fill() const {
    return static_cast<double>(seen_end_ - consumed_) /
           (static_cast<double>(count_) * HT_GROUP_LEN);
  }
  [[nodiscard]] static bool is_blocked() { return false; }
  [[nodiscard]] std::uint64_t scanned() const { return scanned_; }
  void consume_to(std::uint64_t position);

 private:
  using Group = decltype(Ring::open);
  using Record = std::remove_extent_t<decltype(Group::records)>;
  struct Copy {
    std::uint64_t position;
    Record record;
  };

  GroupRing(std::shared_ptr<MapMemory> memory, Ring* ring, const Group* groups, std::uint32_t count)
      : memory_(std::move(memory)), ring_(ring), groups_(groups), count_(count) {}

  void copy_open_group();
  // Of a record that was looked at and not consumed.
  [[nodiscard]] const Record& at(std::uint64_t position) const {
    if (position < seen_stored_)
      return groups_[position / HT_GROUP_LEN & (count_ - 1)].records[position % HT_GROUP_LEN];
    return copies_[copies_.size() - (seen_end_ - position)].record;
  }

  std::shared_ptr<MapMemory> memory_;
  Ring* ring_;
  const Group* groups_;
  std::uint32_t count_;
  std::uint64_t scanned_ = 0;
  std::uint64_t seen_end_ = 0;
  std::uint64_t consumed_ = 0;
  std::uint64_t seen_stored_ = 0;
  // Of what was not in the slots at the look: those not scanned yet end at seen_end_; before them
  // are those not consumed yet.
  std::deque<Copy> copies_;
};

using SwitchRing = GroupRing<ht_switch_ring>;
using FaultRing = GroupRing<ht_fault_ring>;
using WakingRing = GroupRing<ht_waking_ring>;

}  // namespace hoodtrace
