// SPDX-License-Identifier: GPL-2.0-or-later
// Merges all records by time: one input for each ring, one for the records that hoodtrace makes
// itself, one for each ring of switches and of faults. Among records of the same time the earlier
// input comes first.
//
// Nothing is copied: released records point into the rings; the next give_back() returns their
// space to the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "live/made_records.hpp"
#include "live/rings.hpp"
#include "stream/merge.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class RingInputs {
 public:
  // The rings belong to the caller and must outlive this.
  // `by_cpu`: where many CPUs are online, switches are not merged. Then release() gives the others, and
  // release_by_cpu() the switches.
  RingInputs(Rings& rings, bool by_cpu);
  RingInputs(const RingInputs&) = delete;
  RingInputs& operator=(const RingInputs&) = delete;

  // Queues the records made by hoodtrace itself, and leaves `making` empty.
  void queue(RecordBuffer& making);

  // Reads all rings and indexes their records. True when nothing was left over. With `all` (the
  // programs are detached) every record may be released, because no older one can come.
  bool fill(bool all);

  // Appends what is ready, at most `limit` records. True when there may be more.
  bool release(std::size_t limit, std::vector<RecordView>& out);
  // Appends the switches before the next other record, CPU by CPU. Before each release().
  void release_by_cpu(std::vector<RecordView>& out);
  // The latest time that was released.
  [[nodiscard]] std::uint64_t released_ns() const { return released_ns_; }

  // How full the fullest ring was at the last fill, 0 to 1.
  [[nodiscard]] double fullest() const { return fullest_; }

  // Returns the space of everything released so far to the kernel.
  void give_back();

  [[nodiscard]] std::uint64_t late() const { return merger_.late() + late_; }

 private:
  // The switches of one CPU that were read and not released: from records[next] on.
  struct Lane {
    std::vector<RecordView> records;
    std::size_t next = 0;
  };

  [[nodiscard]] std::vector<Merger::Input> inputs_of(const Rings& rings) const;
  [[nodiscard]] std::size_t own_input() const { return rings_.buffers.size(); }
  // Calls do_it(input, ring) for all of the kernel's.
  void for_each_ring(auto do_it);
  bool fill_input(std::size_t input, auto& ring, std::uint64_t now_ns);
  bool fill_lane(Lane& lane, SwitchRing& ring, std::uint64_t now_ns);
  bool fill_ring(auto& ring, std::size_t most, std::uint64_t now_ns, auto add);

  Rings& rings_;
  std::vector<Lane> lanes_;  // by ring of switches; empty: they are merged
  MadeRecords made_;
  Merger merger_;
  std::uint64_t watermark_ns_ = 0;
  double fullest_ = 0;
  std::uint64_t released_ns_ = 0;
  std::uint64_t late_ = 0;  // of the lanes
};

}  // namespace hoodtrace
