// SPDX-License-Identifier: GPL-2.0-or-later
// What the fair class gave one task, or several: sums of one span.
#pragma once

#include <cstdint>
#include <optional>

#include "model/histogram.hpp"

namespace hoodtrace {

struct FairStats {
  std::uint64_t due_ns = 0;  // what its weight entitled it to while it was queued
  std::uint64_t got_ns = 0;  // meanwhile
  // Growth meanwhile of what the kernel owed it (its lag, as CPU time); of these waits and runs are those where
  // that is not known.
  std::int64_t owed_growth_ns = 0;
  std::uint64_t owed_unknown = 0;
  std::uint64_t unplaced_ns = 0;  // in runs for which it is not known: it came from another queue
  // Its growth in measured runs that ended on the queue on which they began, and how long these were. The last
  // run of a task in an autogroup is none: it leaves the group as it exits.
  std::uint64_t vruntime_ns = 0;
  std::uint64_t vruntime_ran_ns = 0;
  std::uint64_t runs = 0;               // that ended
  std::uint64_t runs_slept = 0;         // it gave the CPU up
  std::uint64_t runs_before_slice = 0;  // it lost the CPU before the slice was used up
  std::uint64_t runs_at_slice = 0;      // it lost the CPU when the slice was used up, or later
  std::uint64_t runs_unmeasured = 0;    // their beginning was not seen
  std::uint64_t wakes = 0;
  std::uint64_t delayed_sleeps = 0;
  Histogram run_ns;
  Histogram behind_ns;  // lag at wake-ups: it had less than its share
  Histogram ahead_ns;   // the same below zero: it had more

  void merge(const FairStats& other);
  // What it got and is owed, less what it was due. The kernel's virtual time gave it that, or took it: others left
  // or came with a lag, or a group's weight changed. Nothing where lags are not known.
  [[nodiscard]] std::optional<std::int64_t> shifted_ns() const;
  // Half of the lags at wake-ups were less; nothing without any.
  [[nodiscard]] std::optional<std::int64_t> lag_p50_ns() const;
};

// What it was at its last record.
struct FairState {
  std::uint8_t policy = 0;
  std::int8_t nice = 0;
  bool custom_slice = false;
  std::uint32_t weight = 0;        // 1024 = nice 0
  std::uint32_t group_shares = 0;  // the same scale; 0 = not known
  std::optional<std::uint64_t> slice_ns;
  std::optional<std::int64_t> deadline_ns;  // the virtual deadline minus vruntime
};

}  // namespace hoodtrace
