// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/clock_lag.hpp"

#include <gtest/gtest.h>

#include "events.h"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

// Two clocks whose zeros are `offset_ns` apart and drift by `ppm`; age_ns() says what ClockLag makes
// of a run-queue clock of that age.
class Clocks {
 public:
  explicit Clocks(std::int64_t offset_ns, std::int64_t ppm = 0)
      : offset_ns_(offset_ns), ppm_(ppm) {}

  std::uint64_t age_ns(std::uint64_t now_ns, std::uint64_t age_ns) {
    const auto drift = static_cast<std::int64_t>(now_ns) / 1'000'000 * ppm_;
    const std::int64_t lag = offset_ns_ + drift + static_cast<std::int64_t>(age_ns);
    return lag_.age_ns(now_ns, static_cast<std::uint32_t>(lag >> HT_LAG_SHIFT));
  }
  void assume_rate(double rate) { lag_.assume_rate(rate); }
  // As the kernel's head of sched/debug has it, at `now_ns`.
  void assume_lag(std::uint64_t now_ns) {
    lag_.assume_lag(offset_ns_ + static_cast<std::int64_t>(now_ns) / 1'000'000 * ppm_, now_ns);
  }
  void jump(std::int64_t ns) { offset_ns_ += ns; }

 private:
  ClockLag lag_;
  std::int64_t offset_ns_;
  std::int64_t ppm_;
};

// The unit of the record.
constexpr std::uint64_t kUnit = 1 << HT_LAG_SHIFT;

TEST(ClockLag, AgeIsWhatExceedsTheSmallestLagOfTheWindow) {
  for (const std::int64_t offset_ns :
       {std::int64_t{0}, std::int64_t{-5'000'000'000'000}, std::int64_t{68'719'470'000}}) {
    Clocks clocks(offset_ns);
    clocks.age_ns(1000 * kMs, 0);
    EXPECT_NEAR(static_cast<double>(clocks.age_ns(1001 * kMs, 8000)), 8000, kUnit) << offset_ns;
    EXPECT_EQ(clocks.age_ns(1002 * kMs, 0), 0U) << offset_ns;
    EXPECT_NEAR(static_cast<double>(clocks.age_ns(1090 * kMs, 300)), 300, kUnit) << offset_ns;
  }
}

TEST(ClockLag, TheFirstSwitchOfACpuHasNoAge) { EXPECT_EQ(Clocks(1000).age_ns(5 * kMs, 9000), 0U); }

// A command on idle CPUs: the first switch that is recorded of a CPU brings it out of idle.
TEST(ClockLag, WithAnAssumedLagTheFirstSwitchHasItsAge) {
  for (const std::int64_t offset_ns :
       {std::int64_t{0}, std::int64_t{-1'399'745}, std::int64_t{-5'000'000'000'000},
        std::int64_t{68'719'470'000}}) {
    for (const std::int64_t ppm : {0, 40, -40}) {
      Clocks clocks(offset_ns, ppm);
      clocks.assume_rate(static_cast<double>(ppm) / 1e6);
      clocks.assume_lag(1000 * kMs);
      // What lies between a fresh clock and the tracepoint's time.
      constexpr std::uint64_t kWayNs = 2000;
      EXPECT_NEAR(static_cast<double>(clocks.age_ns(1200 * kMs, 60'000 + kWayNs)), 60'000, kUnit);
      EXPECT_NEAR(static_cast<double>(clocks.age_ns(1250 * kMs, 9000 + kWayNs)), 9000, kUnit);
      EXPECT_EQ(clocks.age_ns(1260 * kMs, 150), 0U);
      EXPECT_NEAR(static_cast<double>(clocks.age_ns(1270 * kMs, 9150)), 9000, kUnit);
    }
  }
}

TEST(ClockLag, AnAssumedLagThatIsOldOrWrongIsNone) {
  Clocks late(0);
  late.assume_lag(1000 * kMs);
  EXPECT_EQ(late.age_ns(2001 * kMs, 60'000), 0U);
  Clocks earlier(0);
  earlier.assume_lag(1000 * kMs);
  EXPECT_EQ(earlier.age_ns(999 * kMs, 60'000), 0U);
  for (const std::int64_t ns : {std::int64_t{-5'000}, std::int64_t{10'000'000'000}}) {
    Clocks wrong(0);
    wrong.assume_lag(1000 * kMs);
    wrong.jump(ns);
    EXPECT_EQ(wrong.age_ns(1001 * kMs, 0), 0U);
    EXPECT_NEAR(static_cast<double>(wrong.age_ns(1002 * kMs, 7000)), 7000, kUnit);
  }
}

TEST(ClockLag, ASmallerLagLaterIsTheNewOffset) {
  Clocks clocks(0);
  clocks.age_ns(1 * kMs, 9000);
  EXPECT_EQ(clocks.age_ns(2 * kMs, 0), 0U);
  EXPECT_NEAR(static_cast<double>(clocks.age_ns(3 * kMs, 9000)), 9000, kUnit);
}

// 40 ppm are 40 us in the second for which the CPU was idle: five times the age that is measured.
TEST(ClockLag, DriftOfTheClocksIsNoAgeAfterALongIdleTime) {
  for (const std::int64_t ppm : {40, -40}) {
    Clocks clocks(0, ppm);
    std::uint64_t now_ns = 1000 * kMs;
    for (int i = 0; i < 300; i++, now_ns += 10 * kMs) clocks.age_ns(now_ns, i % 2 == 0 ? 0 : 8000);
    now_ns += 1000 * kMs;
    EXPECT_NEAR(static_cast<double>(clocks.age_ns(now_ns, 8000)), 8000, 500) << ppm;
    EXPECT_LE(clocks.age_ns(now_ns + 10'000, 0), 500U) << ppm;
  }
}

TEST(ClockLag, AStepOfTheOffsetIsForgottenAfterTheWindow) {
  Clocks clocks(0);
  for (std::uint64_t ms = 0; ms < 200; ms += 10) clocks.age_ns(ms * kMs, 0);
  clocks.jump(50'000);
  for (std::uint64_t ms = 200; ms < 320; ms += 10) clocks.age_ns(ms * kMs, 0);
  EXPECT_EQ(clocks.age_ns(320 * kMs, 0), 0U);
}

// With a target on a busy CPU: for 300 ms each switch follows a preemption.
TEST(ClockLag, OldClocksOnlyForThreeHundredMsAreStillOld) {
  for (const std::int64_t ppm : {0, 20, -20}) {
    Clocks clocks(0, ppm);
    std::uint64_t now_ns = 1000 * kMs;
    for (int i = 0; i < 300; i++, now_ns += 10 * kMs) clocks.age_ns(now_ns, i % 2 == 0 ? 0 : 4000);
    for (int i = 0; i < 10; i++, now_ns += 30 * kMs)
      EXPECT_NEAR(static_cast<double>(clocks.age_ns(now_ns, 4000)), 4000, 128) << ppm;
  }
}

// A short trace: the only fresh clock was at its start, and nothing of the rate was measured.
TEST(ClockLag, WithAKnownRateTheFirstSwitchesCountForHalfASecond) {
  for (const std::int64_t ppm : {0, 40, -40}) {
    Clocks clocks(0, ppm);
    clocks.assume_rate(static_cast<double>(ppm) / 1e6);
    std::uint64_t now_ns = 1000 * kMs;
    clocks.age_ns(now_ns, 0);
    for (int i = 0; i < 13; i++) {
      now_ns += 30 * kMs;
      EXPECT_NEAR(static_cast<double>(clocks.age_ns(now_ns, 9000)), 9000, kUnit) << ppm;
    }
  }
}

// CLOCK_BOOTTIME goes on in a suspend and the run queues' clock does not.
TEST(ClockLag, ASuspendIsNoAge) {
  Clocks clocks(0);
  clocks.age_ns(1000 * kMs, 0);
  clocks.jump(10'000'000'000);
  EXPECT_EQ(clocks.age_ns(11'001 * kMs, 0), 0U);
  EXPECT_NEAR(static_cast<double>(clocks.age_ns(11'002 * kMs, 7000)), 7000, kUnit);
}

}  // namespace
}  // namespace hoodtrace
