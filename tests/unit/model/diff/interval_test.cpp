// SPDX-License-Identifier: GPL-2.0-or-later
// Student's t by its tables, and Fieller's interval by its definition.

#include "model/diff/interval.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "model/diff/student.hpp"

namespace hoodtrace {
namespace {

TEST(Student, LimitsAreThoseOfTheTables) {
  EXPECT_NEAR(student_limit(0.05, 1), 12.706, 0.001);
  EXPECT_NEAR(student_limit(0.05, 10), 2.228, 0.001);
  EXPECT_NEAR(student_limit(0.01, 30), 2.750, 0.001);
  EXPECT_NEAR(student_limit(0.001, 30), 3.646, 0.001);
  EXPECT_NEAR(student_limit(0.05, 1e6), 1.960, 0.001);
  EXPECT_NEAR(student_tails(2.228, 10), 0.05, 0.0001);
}

TEST(Fieller, BoundsSolveTheEquation) {
  constexpr double kA = 10, kErrorA = 0.5, kB = 15, kErrorB = 1, kLimit = 3;
  const RatioInterval interval = fieller(kA, kErrorA, kB, kErrorB, kLimit);
  for (const double ratio : {*interval.low, *interval.high})
    EXPECT_NEAR(std::fabs(kB - ratio * kA), kLimit * std::hypot(kErrorB, ratio * kErrorA), 1e-9);
  EXPECT_LT(*interval.low, 1.5);
  EXPECT_GT(*interval.high, 1.5);
  EXPECT_TRUE(interval.excludes_one);
}

TEST(Fieller, ExcludesOneExactlyWhenTheIntervalDoes) {
  for (double b = 2; b < 30; b += 0.37) {
    const RatioInterval interval = fieller(10, 1, b, 1.5, 2.5);
    EXPECT_EQ(interval.excludes_one, *interval.low > 1 || *interval.high < 1) << b;
  }
}

TEST(Fieller, ANumberThatMayBeZeroHasNoUpperBound) {
  const RatioInterval interval = fieller(1, 1, 100, 2, 3);
  EXPECT_TRUE(interval.excludes_one);
  EXPECT_FALSE(interval.high);
  EXPECT_GT(*interval.low, 1);
  EXPECT_FALSE(fieller(1, 1, 2, 1, 3).excludes_one);
  EXPECT_FALSE(fieller(0, 0, 5, 1, 3).low);
  EXPECT_TRUE(fieller(0, 0, 5, 1, 3).excludes_one);
}

TEST(Resampling, ErrorOfIndependentPiecesIsThatOfTheirMean) {
  std::vector<double> values;
  std::vector<double> work;
  for (int i = 0; i < 60; i++) {
    values.push_back(i % 2 == 0 ? 8 : 12);
    work.push_back(1);
  }
  // Each value is 2 off, so the mean of 60 has 2 / sqrt(60); 400 replicates give it within 10 %.
  const std::vector<DiffError> errors = Resampling(60, false).of_rate(values, work);
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_NEAR(errors[0].error, 2 / std::sqrt(60.0), 0.03);
  EXPECT_EQ(errors[0].freedom, 59);
}

TEST(Resampling, NeighboursThatAreAlikeMakeALargerError) {
  std::vector<double> values;
  const std::vector<double> work(60, 1.0);
  for (int i = 0; i < 60; i++) values.push_back(i / 4 % 2 == 0 ? 8 : 12);
  const std::vector<DiffError> errors = Resampling(60, false).of_rate(values, work);
  EXPECT_NEAR(errors[2].error / errors[0].error, 2, 0.25);  // blocks of 4 that are equal: sqrt(4)
}

TEST(Resampling, QuantileIsInterpolatedWithinItsBucket) {
  Histogram values;
  for (std::uint64_t i = 0; i < 10000; i++) values.add(100'000 + i);
  EXPECT_NEAR(smooth_quantile(values, 0.5), 105'000, 1'000);
  EXPECT_NEAR(smooth_quantile(values, 0.99), 109'900, 1'000);
}

TEST(Resampling, TooFewPiecesHaveNoError) {
  EXPECT_TRUE(Resampling(2, true).is_empty());
  EXPECT_FALSE(Resampling(3, true).is_empty());
  EXPECT_TRUE(Resampling(11, false).is_empty());
}

}  // namespace
}  // namespace hoodtrace
