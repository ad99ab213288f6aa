// SPDX-License-Identifier: GPL-2.0-or-later
// Puts records from several inputs (one per ring) into one order of time.
//
// An input is nearly in order: an interrupt's record can stand before the one it interrupted. A
// record is released once its time is at or below the watermark, a time before which every input is
// known to be complete. Of equal times the lower input's goes first. What arrives below an earlier
// watermark is released at once and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

class Merger {
 public:
  struct Entry {
    std::uint64_t time_ns;
    std::uint64_t position;  // where in its input; the caller's own meaning
    RecordView record;
  };

  explicit Merger(std::size_t inputs) : inputs_(inputs) {}

  // Does not own the record: it must stay until it was released.
  void add(std::size_t input, RecordView record, std::uint64_t position);

  // Appends to `out` what is ready, in order, at most `limit` records. True when there may be more.
  bool release(std::uint64_t watermark_ns, std::size_t limit, std::vector<RecordView>& out);

  // The lowest position in the input that was not released; `none` when all were.
  [[nodiscard]] std::uint64_t oldest_held(std::size_t input, std::uint64_t none) const;

  [[nodiscard]] std::size_t held() const;

  // Records that arrived after later ones had been released, since the start.
  [[nodiscard]] std::uint64_t late() const { return late_; }

 private:
  struct Input {
    std::vector<Entry> entries;  // in order of time from `next` on
    std::size_t next = 0;
  };

  std::vector<Input> inputs_;
  std::vector<std::size_t> ready_;  // a min-heap of inputs by the time of their next entry
  std::uint64_t released_ns_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace hoodtrace
