// SPDX-License-Identifier: GPL-2.0-or-later
// Page faults counted: of a task, a mapping, a range, by kind.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "model/faults/kind.hpp"
#include "model/histogram.hpp"

namespace hoodtrace {

struct FaultCount {
  std::uint64_t count = 0;
  std::uint64_t timed = 0;  // of them, those whose time is known
  std::uint64_t time_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t bytes = 0;  // allocated for them
  Histogram latency;

  void add(std::uint64_t took_ns, std::uint64_t its_bytes);
  void merge(const FaultCount& other);
};

class FaultStats {
 public:
  FaultStats() = default;
  FaultStats(const FaultStats& other);
  FaultStats& operator=(const FaultStats& other);
  FaultStats(FaultStats&&) = default;
  FaultStats& operator=(FaultStats&&) = default;

  void add(const ht_fault& fault, FaultKind kind);
  // Faults of which only the number is known.
  void add_untimed(FaultKind kind, std::uint64_t count);
  void merge(const FaultStats& other);

  // Null when there were none.
  [[nodiscard]] const FaultCount* find(FaultKind kind) const {
    return kinds_[static_cast<std::size_t>(kind)].get();
  }
  [[nodiscard]] std::uint64_t count(FaultKind kind) const {
    const FaultCount* found = find(kind);
    return found == nullptr ? 0 : found->count;
  }
  [[nodiscard]] FaultCount total() const;
  [[nodiscard]] bool is_empty() const;

  std::uint64_t minor = 0;  // seen, and resolved as such
  std::uint64_t major = 0;

 private:
  FaultCount& of(FaultKind kind);

  // Most tasks have a few kinds.
  std::array<std::unique_ptr<FaultCount>, kFaultKindCount> kinds_;
};

}  // namespace hoodtrace
