// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/backlog.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

TEST(Backlog, HalfASecondOfFullRingsThatAreNeverEmptiedIsTooMuch) {
  Backlog backlog;
  for (std::uint64_t ms = 1; ms < 501; ms++) {
    backlog.look(ms * kMs, 0.6, false);
    ASSERT_FALSE(backlog.cannot_follow()) << ms;
  }
  backlog.look(501 * kMs, 0.6, false);
  EXPECT_TRUE(backlog.cannot_follow());
}

TEST(Backlog, RingsThatWereEmptiedInBetweenAreFollowed) {
  Backlog backlog;
  for (std::uint64_t ms = 1; ms < 5000; ms++) {
    backlog.look(ms * kMs, 0.9, ms % 400 == 0);
    ASSERT_FALSE(backlog.cannot_follow()) << ms;
  }
}

TEST(Backlog, RingsThatAreLessThanHalfFullAreFollowedHoweverLong) {
  Backlog backlog;
  for (std::uint64_t ms = 1; ms < 5000; ms++) backlog.look(ms * kMs, 0.4, false);
  EXPECT_FALSE(backlog.cannot_follow());
}

}  // namespace
}  // namespace hoodtrace
