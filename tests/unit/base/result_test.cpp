// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace hoodtrace {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = 42;
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 42);
  const Result<int> bad = usage("no");
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(bad.error().message, "no");
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  ASSERT_TRUE(result);
  const std::unique_ptr<int> taken = std::move(*result);
  EXPECT_EQ(*taken, 7);
}

TEST(Result, OfVoidIsGoodUnlessAnErrorWasGiven) {
  EXPECT_TRUE(Result<void>());
  const Result<void> bad = unsupported("old kernel");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, ErrorKind::kUnsupported);
}

// README.md: 0 success, 1 failed, 2 wrong usage, 3 not permitted or not supported.
TEST(Result, ErrorKindsAreTheExitCodes) {
  EXPECT_EQ(static_cast<int>(failed("").kind), 1);
  EXPECT_EQ(static_cast<int>(usage("").kind), 2);
  EXPECT_EQ(static_cast<int>(unsupported("").kind), 3);
}

}  // namespace
}  // namespace hoodtrace
