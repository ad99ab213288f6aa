// SPDX-License-Identifier: GPL-2.0-or-later
// A log-linear histogram of nanoseconds with at most 1/32 (3.1 %) relative width per bucket.
//
// HdrHistogram's scheme (Gil Tene): below 32 exact, above that 32 equal buckets per power of two.
// Its library is not used because it allocates all buckets of its range for each histogram (9 KiB
// at this precision), and there are several for each of tens of thousands of tasks. Here a power of
// two needs memory (128 bytes) only when a value falls into it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace hoodtrace {

// Shares of Histogram::quantile that tables have as columns.
inline constexpr double kP50 = 0.50;
inline constexpr double kP95 = 0.95;
inline constexpr double kP99 = 0.99;

struct HistogramBucket {
  std::uint64_t low = 0;    // the smallest value of it
  std::uint64_t width = 0;  // values from low to low + width - 1
  std::uint64_t count = 0;
};

class Histogram {
 public:
  Histogram() = default;
  Histogram(const Histogram& other);
  Histogram& operator=(const Histogram& other);
  Histogram(Histogram&&) = default;
  Histogram& operator=(Histogram&&) = default;

  // A bucket holds up to 2^32 - 1 values; what is more is left out, of the count too.
  void add(std::uint64_t value, std::uint64_t times = 1) {
    count_ += add_up_to_full(bucket_of(value), times);
  }
  // One that was added.
  void remove(std::uint64_t value) {
    std::uint32_t& bucket = bucket_of(value);
    if (bucket == 0) return;
    bucket--;
    count_--;
  }
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }

  // The value below or at which `share` (0..1] of all values lie: the middle of the bucket of the
  // value of that rank, so at most 1.6 % off; 0 when there are no values.
  [[nodiscard]] std::uint64_t quantile(double share) const;

  // Those that are not empty, smallest first.
  [[nodiscard]] std::vector<HistogramBucket> buckets() const;

  // Counts by power of two: element i counts values in [2^i, 2^(i+1)); 0 counts into element 0.
  [[nodiscard]] std::vector<std::uint64_t> by_power_of_two() const;

 private:
  static constexpr unsigned kSubBits = 5;
  static constexpr unsigned kSub = 1U << kSubBits;
  static constexpr unsigned kOctaves = 64 - kSubBits;
  using Octave = std::array<std::uint32_t, kSub>;

  static unsigned octave_of(std::uint64_t value) {
    return value < kSub ? 0 : static_cast<unsigned>(std::bit_width(value)) - kSubBits;
  }
  std::uint32_t& bucket_of(std::uint64_t value) {
    const unsigned index = octave_of(value);
    const auto place =
        static_cast<unsigned>(index == 0 ? value : (value >> (index - 1)) & (kSub - 1));
    return octave(index)[place];
  }
  Octave& octave(unsigned index) {
    std::size_t at = 0;
    while (at < octaves_.size() && octaves_[at].first < index) at++;
    if (at == octaves_.size() || octaves_[at].first != index) return make(at, index);
    return *octaves_[at].second;
  }
  Octave& make(std::size_t at, unsigned index);

  // What was added: a bucket that is full counts no more.
  static std::uint64_t add_up_to_full(std::uint32_t& bucket, std::uint64_t times) {
    const std::uint64_t added = std::min<std::uint64_t>(times, UINT32_MAX - bucket);
    bucket += static_cast<std::uint32_t>(added);
    return added;
  }

  // Sorted by octave; few in practice.
  std::vector<std::pair<std::uint8_t, std::unique_ptr<Octave>>> octaves_;
  std::uint64_t count_ = 0;
};

}  // namespace hoodtrace
