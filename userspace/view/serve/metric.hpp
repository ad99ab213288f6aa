// SPDX-License-Identifier: GPL-2.0-or-later
// Metrics as plain data, named and typed as Prometheus has them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hoodtrace {

enum class MetricType { kCounter, kGauge, kHistogram };

struct MetricBucket {
  double upper_bound = 0;
  std::uint64_t count = 0;  // cumulative, as Prometheus wants it
};

struct MetricSample {
  std::vector<std::pair<std::string, std::string>> labels;  // valid UTF-8
  double value = 0;                                         // of a histogram: the sum
  std::vector<MetricBucket> buckets;                        // of a histogram, all but +Inf
  std::uint64_t count = 0;                                  // of a histogram
};

struct MetricFamily {
  std::string name;
  std::string help;
  MetricType type = MetricType::kCounter;
  std::vector<MetricSample> samples;
};

using MetricFamilies = std::vector<MetricFamily>;

}  // namespace hoodtrace
