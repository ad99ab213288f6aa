// Reads one CPU's ring of switches in place: what is read stays in its slots until it is consumed.
//
// The protocol is bpf/switch_ring.bpf.h's: counts that only grow, slots of one size, and so no
// record that wraps, is half written or was discarded; chunks of slots are used in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "live/ring_reader.hpp"
#include "settings.h"

namespace hoodtrace {

class SwitchRing {
 public:
  // The rings of `cpus` CPUs, of HT_SWITCH_CHUNKS << chunk_shift records each, in the maps
  // switch_rings and switch_slots, made ready to be written. They stay mapped as long as one of the
  // rings is there.
  static Result<std::vector<SwitchRing>> create(int rings_map, int slots_map, std::uint32_t cpus,
                                                std::uint32_t chunk_shift);

  // As of RingReader; positions count records.
  void look();
  bool scan(RingReader::Item& item);
  [[nodiscard]] static bool is_blocked() { return false; }
  [[nodiscard]] std::uint64_t scanned() const { return scanned_; }
  void consume_to(std::uint64_t position);

 private:
  class Mapping;
  SwitchRing(std::shared_ptr<Mapping> mapping, ht_switch_ring* ring, const ht_switch* slots,
             std::uint32_t chunk_shift)
      : mapping_(std::move(mapping)), ring_(ring), slots_(slots), chunk_shift_(chunk_shift) {}

  std::shared_ptr<Mapping> mapping_;
  ht_switch_ring* ring_;
  const ht_switch* slots_;
  std::uint32_t chunk_shift_;
  std::uint64_t scanned_ = 0;
  std::uint64_t seen_end_ = 0;
};

}  // namespace hoodtrace
