// SPDX-License-Identifier: GPL-2.0-or-later
// Who waited behind whom, by unit: the heaviest pairs one by one, the rest of each unit's waits summed up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

// The units without a series of their own, together.
inline constexpr std::string_view kOtherUnits = "(other)";

class UnitPairs {
 public:
  using Pair = std::pair<std::string, std::string>;  // who waited; behind whom

  // Of a snapshot. Names of what is no unit are in brackets.
  void on(const ht_totals_pair& record, const std::string& unit, const std::string& behind);

  // The snapshot is complete. A pair keeps its series as long as both units have theirs.
  using HasSeries = std::function<bool(const std::string& unit)>;
  void settle(const HasSeries& has_series);

  // As of the last snapshot; those of the rest have the second name kOtherUnits.
  [[nodiscard]] std::map<Pair, std::uint64_t> sums() const;

  static constexpr std::size_t kSeries = 100;

 private:
  struct Sum {
    std::uint64_t ns = 0;
    bool has_series = false;
    std::uint64_t last_snapshot = 0;
  };
  struct Place {
    std::uint64_t cgroup_id = 0;
    std::uint64_t behind_id = 0;
    std::uint64_t ns = 0;
    std::uint64_t last_snapshot = 0;
  };
  void forget();

  std::vector<Place> places_;
  std::map<Pair, std::uint64_t> growth_;
  std::map<Pair, Sum> sums_;
  std::map<std::string, Sum> rest_;  // by unit
  std::uint64_t snapshot_ = 0;
};

}  // namespace hoodtrace
