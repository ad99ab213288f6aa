// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/diff/resampling.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSeed = 0x686f6f64;
constexpr std::size_t kLongestBlock = 4;

DiffError error_of(std::span<const double> replicates, std::size_t blocks) {
  double mean = 0;
  for (const double value : replicates) mean += value;
  mean /= static_cast<double>(replicates.size());
  double squares = 0;
  for (const double value : replicates) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(blocks);
  const double variance = squares / static_cast<double>(replicates.size() - 1) * n / (n - 1);
  return {std::sqrt(variance), n - 1};
}

}  // namespace

Resampling::Resampling(std::size_t pieces, bool are_runs) {
  const std::size_t longest = are_runs ? 1 : kLongestBlock;
  const std::size_t fewest = are_runs ? kFewestPieces : kFewestBlocks;
  std::mt19937_64 random(kSeed);
  for (std::size_t length = 1; length <= longest; length *= 2) {
    Level level;
    level.length = length;
    level.blocks = (pieces + length - 1) / length;
    if (level.blocks < fewest) break;
    level.draws.resize(kReplicates);
    for (auto& draw : level.draws) {
      draw.resize(level.blocks);
      // Not a distribution of the library: its numbers differ from one library to another.
      for (std::size_t i = 0; i < level.blocks; i++) draw[random() % level.blocks]++;
    }
    levels_.push_back(std::move(level));
  }
}

std::vector<DiffError> Resampling::of_rate(std::span<const double> values,
                                           std::span<const double> work) const {
  std::vector<DiffError> errors;
  for (const Level& level : levels_) {
    std::vector<double> block_values(level.blocks);
    std::vector<double> block_work(level.blocks);
    for (std::size_t i = 0; i < values.size(); i++) {
      block_values[i / level.length] += values[i];
      block_work[i / level.length] += work[i];
    }
    std::vector<double> rates;
    rates.reserve(level.draws.size());
    for (const auto& draw : level.draws) {
      double sum = 0;
      double done = 0;
      for (std::size_t i = 0; i < level.blocks; i++) {
        sum += draw[i] * block_values[i];
        done += draw[i] * block_work[i];
      }
      if (done > 0) rates.push_back(sum / done);
    }
    if (rates.size() > 1) errors.push_back(error_of(rates, level.blocks));
  }
  return errors;
}

std::vector<DiffOccupancy> Resampling::occupancy(std::span<const double> values) const {
  std::vector<DiffOccupancy> list;
  for (const Level& level : levels_) {
    std::vector<bool> is_occupied(level.blocks);
    for (std::size_t i = 0; i < values.size(); i++)
      if (values[i] != 0) is_occupied[i / level.length] = true;
    list.push_back({level.blocks, static_cast<std::size_t>(
                                      std::count(is_occupied.begin(), is_occupied.end(), true))});
  }
  return list;
}

double smooth_quantile(std::span<const HistogramBucket> buckets, std::span<const double> counts,
                       double share) {
  double total = 0;
  for (const double count : counts) total += count;
  const double rank = share * total;
  double seen = 0;
  for (std::size_t i = 0; i < buckets.size(); i++) {
    if (counts[i] > 0 && seen + counts[i] >= rank)
      return static_cast<double>(buckets[i].low) +
             static_cast<double>(buckets[i].width) * (rank - seen) / counts[i];
    seen += counts[i];
  }
  return 0;
}

double smooth_quantile(const Histogram& values, double share) {
  const std::vector<HistogramBucket> buckets = values.buckets();
  std::vector<double> counts;
  counts.reserve(buckets.size());
  for (const HistogramBucket& bucket : buckets) counts.push_back(static_cast<double>(bucket.count));
  return smooth_quantile(buckets, counts, share);
}

std::vector<std::vector<DiffError>> Resampling::of_quantiles(
    std::span<const Histogram* const> pieces, std::span<const double> shares) const {
  // The buckets that are in use, and per piece what is in them.
  std::map<std::uint64_t, HistogramBucket> used;
  for (const Histogram* piece : pieces)
    if (piece != nullptr)
      for (const HistogramBucket& bucket : piece->buckets()) used.emplace(bucket.low, bucket);
  std::vector<HistogramBucket> buckets;
  std::map<std::uint64_t, std::size_t> places;
  for (const auto& [low, bucket] : used) {
    places[low] = buckets.size();
    buckets.push_back(bucket);
  }
  std::vector<std::vector<DiffError>> errors(shares.size());
  for (const Level& level : levels_) {
    std::vector<std::vector<std::pair<std::size_t, double>>> in_block(level.blocks);
    for (std::size_t i = 0; i < pieces.size(); i++)
      if (pieces[i] != nullptr)
        for (const HistogramBucket& bucket : pieces[i]->buckets())
          in_block[i / level.length].emplace_back(places[bucket.low],
                                                  static_cast<double>(bucket.count));
    std::vector<std::vector<double>> replicates(shares.size());
    std::vector<double> counts(buckets.size());
    for (const auto& draw : level.draws) {
      std::fill(counts.begin(), counts.end(), 0.0);
      double total = 0;
      for (std::size_t block = 0; block < level.blocks; block++) {
        if (draw[block] == 0) continue;
        for (const auto& [place, count] : in_block[block]) {
          counts[place] += draw[block] * count;
          total += draw[block] * count;
        }
      }
      if (total == 0) continue;
      for (std::size_t i = 0; i < shares.size(); i++)
        replicates[i].push_back(smooth_quantile(buckets, counts, shares[i]));
    }
    for (std::size_t i = 0; i < shares.size(); i++)
      if (replicates[i].size() > 1) errors[i].push_back(error_of(replicates[i], level.blocks));
  }
  return errors;
}

}  // namespace hoodtrace
