// SPDX-License-Identifier: GPL-2.0-or-later
// What was measured, piece by piece: the time slices of one recording, or the runs of a set.
//
// The slices of a recording are of one length. When there would be more than kMostSlices, each two
// become one, so that between half as many and as many remain, whatever the recording's length.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/diff/metrics.hpp"
#include "model/histogram.hpp"

namespace hoodtrace {

struct DiffKey {
  DiffMetric metric = DiffMetric::kOnCpu;
  DiffBy by = DiffBy::kAll;
  std::string key;  // hostile; "" with kAll

  auto operator<=>(const DiffKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct DiffPiece {
  double work = 0;  // in the unit of work: seconds, forks
  std::map<DiffKey, double> sums;
  std::map<DiffKey, Histogram> lengths;

  void add(const DiffKey& key, double value) {
    if (value != 0) sums[key] += value;
  }
  void add(const DiffKey& key, const Histogram& values) {
    if (values.count() > 0) lengths[key].merge(values);
  }
  void merge(const DiffPiece& other);
};

class DiffSamples {
 public:
  static constexpr std::size_t kMostSlices = 64;
  static constexpr std::uint64_t kFirstSliceNs = 10'000'000;

  // The next slice of a recording; it took slice_ns(), or less at the recording's end.
  void add_slice(DiffPiece piece);
  [[nodiscard]] std::uint64_t slice_ns() const { return slice_ns_; }

  // A run of a set.
  void add_run(const DiffSamples& run);

  [[nodiscard]] const std::vector<DiffPiece>& pieces() const { return pieces_; }
  // The pieces are runs: they know nothing of each other. Neighbouring slices of a recording do.
  [[nodiscard]] bool are_runs() const { return are_runs_; }
  [[nodiscard]] double work() const;

 private:
  std::vector<DiffPiece> pieces_;
  std::uint64_t slice_ns_ = kFirstSliceNs;
  bool are_runs_ = false;
};

}  // namespace hoodtrace
