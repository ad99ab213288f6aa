// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of what serve counts by unit: a metric for each row, a series of a unit for each part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "event/event.hpp"
#include "view/serve/families.hpp"

namespace hoodtrace {

struct UnitSeries {
  std::string_view value;  // of the second label; "" = the metric has none
  std::size_t sum;         // which number of ht_sums
  bool is_sparse = false;  // what a unit has never had has no series
};

struct UnitMetric {
  std::string_view name;
  std::string_view help;
  std::string_view label;  // the second one
  std::vector<UnitSeries> parts;
  double scale = 1;                  // a number of ht_sums per unit of the metric
  bool ServeFacts::*when = nullptr;  // what must be counted for it
};

const std::vector<UnitMetric>& unit_metrics();

std::uint64_t sum_at(const ht_sums& sums, std::size_t sum);

}  // namespace hoodtrace
