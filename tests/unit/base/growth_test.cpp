// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/growth.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(Growth, IsTheDifferenceOfTwoReadings) {
  EXPECT_EQ(growth(3, 10), 7U);
  EXPECT_EQ(growth(10, 10), 0U);
}

TEST(Growth, AnOlderReadingThatComesLaterIsNone) {
  EXPECT_EQ(growth(10, 3), 0U);
  EXPECT_EQ(growth(UINT64_MAX, 0), 0U);
}

}  // namespace
}  // namespace hoodtrace
