// SPDX-License-Identifier: GPL-2.0-or-later
// Page faults by where in the address space they were: blocks of 64 KiB, joined for the report.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "model/faults/tracker.hpp"

namespace hoodtrace {

struct FaultRange {
  MappingKey mapping;
  std::uint64_t start = 0;  // both multiples of a block
  std::uint64_t end = 0;
  FaultStats stats;
};

class FaultRanges {
 public:
  explicit FaultRanges(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_fault& fault);

  // Neighbouring blocks of one mapping are one range.
  [[nodiscard]] std::vector<FaultRange> ranges() const;

  // Faults in blocks that found no place here.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

  void begin_interval();

 private:
  static constexpr unsigned kBlockShift = 16;
  static constexpr std::size_t kMaxBlocks = 262144;
  // Process, place, file, block: neighbours are neighbours here too.
  using Key = std::tuple<std::uint32_t, std::uint8_t, FileKey, std::uint64_t>;

  const TaskTable& tasks_;
  std::map<Key, FaultStats> blocks_;
  std::uint64_t left_out_ = 0;
};

}  // namespace hoodtrace
