// SPDX-License-Identifier: GPL-2.0-or-later
// Faults that ended in a signal (SIGSEGV, SIGBUS): by process and mapping, with the first address.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

#include "model/faults/tracker.hpp"

namespace hoodtrace {

struct FaultSignal {
  std::uint64_t count = 0;
  std::optional<std::uint64_t> first_address;  // none: the CPU did not say it
  std::uint32_t first_tid = 0;
};

class FaultSignals {
 public:
  // Process, signal, what the mapping is (HT_PLACE_UNKNOWN: the address is in none), whether the
  // address is known, its file.
  using Key = std::tuple<std::uint32_t, std::uint8_t, std::uint8_t, bool, FileKey>;

  explicit FaultSignals(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_fault& fault);

  [[nodiscard]] const std::map<Key, FaultSignal>& list() const { return list_; }
  // Those that found no place in the list.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

  void begin_interval();

 private:
  static constexpr std::size_t kMost = 4096;

  const TaskTable& tasks_;
  std::map<Key, FaultSignal> list_;
  std::uint64_t left_out_ = 0;
};

}  // namespace hoodtrace
