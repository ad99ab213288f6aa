// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

namespace hoodtrace {
namespace {

// The widest bucket of the scheme is 1/32 of its lower edge, and quantile() returns its middle.
constexpr double kMostOff = 1.0 / 64;

std::uint64_t only(std::uint64_t value) {
  Histogram histogram;
  histogram.add(value);
  return histogram.quantile(1.0);
}

double off_by(std::uint64_t got, std::uint64_t exact) {
  const double difference = std::abs(static_cast<double>(got) - static_cast<double>(exact));
  return exact == 0 ? difference : difference / static_cast<double>(exact);
}

TEST(Histogram, IsExactBelow32) {
  for (std::uint64_t value = 0; value < 32; value++) EXPECT_EQ(only(value), value);
}

TEST(Histogram, IsWithinHalfABucketForEveryMagnitude) {
  std::mt19937_64 random(3);
  for (unsigned bits = 5; bits < 64; bits++)
    for (int i = 0; i < 200; i++) {
      const std::uint64_t value = 1ULL << bits | (random() & ((1ULL << bits) - 1));
      ASSERT_LE(off_by(only(value), value), kMostOff) << value;
    }
  EXPECT_LE(off_by(only(~0ULL), ~0ULL), kMostOff);
}

TEST(Histogram, BucketsAreAtMostThreePercentWide) {
  // Neighbouring answers differ by one bucket's width.
  for (std::uint64_t value = 32; value < 1'000'000; value += value / 64 + 1) {
    const std::uint64_t here = only(value);
    const std::uint64_t next = only(value + value / 32 + 1);
    EXPECT_LE(static_cast<double>(next - here), 2.0 * static_cast<double>(value) / 32 + 1);
  }
}

TEST(Histogram, QuantilesOfRandomValuesAreWithinTheBound) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 50; round++) {
    std::lognormal_distribution<double> spread(5.0 + round % 10, 0.1 + 0.1 * (round % 20));
    std::vector<std::uint64_t> values(1 + random() % 5000);
    Histogram histogram;
    for (std::uint64_t& value : values) {
      value = static_cast<std::uint64_t>(spread(random));
      histogram.add(value);
    }
    std::sort(values.begin(), values.end());
    ASSERT_EQ(histogram.count(), values.size());
    for (const double share : {0.001, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
      const auto rank = static_cast<std::size_t>(
          std::max(1.0, std::ceil(share * static_cast<double>(values.size()))));
      ASSERT_LE(off_by(histogram.quantile(share), values[rank - 1]), kMostOff)
          << share << " of " << values.size();
    }
  }
}

TEST(Histogram, MergingIsAddingAllValues) {
  std::mt19937_64 random(9);
  Histogram first;
  Histogram second;
  Histogram both;
  for (int i = 0; i < 4000; i++) {
    const std::uint64_t value = random() >> (random() % 64);
    (i % 3 == 0 ? first : second).add(value);
    both.add(value);
  }
  first.merge(second);
  EXPECT_EQ(first.count(), both.count());
  EXPECT_EQ(first.by_power_of_two(), both.by_power_of_two());
  for (const double share : {0.01, 0.25, 0.5, 0.75, 0.99})
    EXPECT_EQ(first.quantile(share), both.quantile(share));
}

TEST(Histogram, ACopyIsItsOwn) {
  Histogram original;
  original.add(100);
  Histogram copy = original;
  copy.add(100'000);
  EXPECT_EQ(original.count(), 1U);
  EXPECT_LE(off_by(original.quantile(1.0), 100), kMostOff);
  copy = original;
  EXPECT_EQ(copy.count(), 1U);
}

TEST(Histogram, CountsByPowerOfTwo) {
  Histogram histogram;
  std::vector<std::uint64_t> oracle(64);
  std::mt19937_64 random(13);
  for (int i = 0; i < 10000; i++) {
    const std::uint64_t value = random() >> (random() % 64);
    histogram.add(value);
    oracle[value == 0 ? 0 : static_cast<unsigned>(std::bit_width(value)) - 1]++;
  }
  std::vector<std::uint64_t> powers = histogram.by_power_of_two();
  powers.resize(64);
  EXPECT_EQ(powers, oracle);
}

TEST(Histogram, AnEmptyOneHasNoQuantileAndNoBars) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.quantile(0.5), 0U);
  EXPECT_TRUE(histogram.by_power_of_two().empty());
}

TEST(Histogram, WhatIsRemovedDoesNotCount) {
  Histogram histogram;
  for (const std::uint64_t value : {7, 300, 5000}) histogram.add(value);
  histogram.remove(5000);
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(1.0)), 300, 300 * 0.016);
  histogram.remove(5000);  // there is none
  EXPECT_EQ(histogram.count(), 2U);
  histogram.remove(300);
  histogram.remove(7);
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.quantile(1.0), 0U);
}

TEST(Histogram, MoreThanABucketHoldsStillHasItsQuantile) {
  Histogram histogram;
  histogram.add(7, 1ULL << 40);
  EXPECT_EQ(histogram.quantile(1.0), 7U);
  Histogram twice = histogram;
  twice.merge(histogram);
  EXPECT_EQ(twice.quantile(1.0), 7U);
}

}  // namespace
}  // namespace hoodtrace
