// SPDX-License-Identifier: GPL-2.0-or-later
// Puts records from several inputs (one per ring) into one order of time.
//
// An input is nearly in order: an interrupt's record can stand before the one it interrupted. A
// record is released once its time is at or below the watermark, a time before which every input is
// known to be complete. Of equal times the lower input's goes first. What arrives below an earlier
// watermark is released at once and counted.
//
// Records are not stored here: they are read where they are a second time when their turn comes.
// Only those that stand behind a later one in their input are remembered. The inputs' next times
// are in one array, below a tree of winners: a record costs one comparison per level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

class Merger {
 public:
  // Where an input's records are. They stay there until they were released.
  struct Input {
    const void* place = nullptr;
    // The first record at or after the position, which is moved behind it.
    RecordView (*read)(const void* place, std::uint64_t& position) = nullptr;
  };

  explicit Merger(const std::vector<Input>& inputs);

  // The input has this record at this position; all of them, in the order of positions.
  void add(std::size_t input, RecordView record, std::uint64_t position);

  // Appends to `out` what is ready, in order, at most `limit` records. True when there may be more.
  bool release(std::uint64_t watermark_ns, std::size_t limit, std::vector<RecordView>& out);

  // The lowest position in the input that was not released; `none` when all were.
  [[nodiscard]] std::uint64_t oldest_held(std::size_t input, std::uint64_t none) const;

  // The time of the earliest one that was not released; the latest possible time when all were.
  [[nodiscard]] std::uint64_t next_ns() const;

  [[nodiscard]] std::size_t held() const { return held_; }

  // Records that arrived after later ones had been released, since the start.
  [[nodiscard]] std::uint64_t late() const { return late_; }

 private:
  struct Entry {
    RecordView record;
    std::uint64_t position = 0;
  };

  struct Lane {
    Input input;
    std::uint64_t cursor = 0;    // where the records begin that were not read yet
    std::uint64_t unread = 0;    // how many
    std::uint64_t added_ns = 0;  // the latest time that was added, and that was read
    std::uint64_t read_ns = 0;
    bool has_head = false;
    Entry head;                // the next one, of those in order
    std::vector<Entry> early;  // those that stand behind a later one; in order of time
    std::size_t early_next = 0;
  };

  void read_head(Lane& lane);
  static RecordView take_early(Lane& lane);
  void set_key(std::size_t input);
  void build_tree();
  void replay(std::uint32_t input);

  std::vector<Lane> lanes_;
  std::vector<std::uint64_t> keys_;  // each lane's next time; padded to a power of two
  std::vector<std::uint32_t> tree_;  // 1: the winner; 2n and 2n+1: below n; the leaves are lanes
  std::size_t held_ = 0;
  std::uint64_t released_ns_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace hoodtrace
