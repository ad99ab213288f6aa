// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/write_behind.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace hoodtrace {
namespace {

TEST(WriteBehind, WritesPiecesInOrderAndLeavesEmptyOnes) {
  std::string written;
  std::string expected;
  WriteBehind behind([&](const std::string& bytes) {
    if (written.size() % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    written += bytes;
    return Result<void>();
  });
  std::string piece;
  for (int i = 0; i < 300; i++) {
    EXPECT_EQ(piece, "");
    expected += piece = std::to_string(i) + ",";
    ASSERT_TRUE(behind.add(piece));
  }
  ASSERT_TRUE(behind.finish());
  EXPECT_EQ(written, expected);
}

TEST(WriteBehind, AFailureIsReportedAndNothingIsWrittenAfterIt) {
  int calls = 0;
  WriteBehind behind([&](const std::string&) -> Result<void> {
    if (++calls < 3) return {};
    return failed("no space left");
  });
  bool has_failed = false;
  for (int i = 0; i < 100 && !has_failed; i++) {
    std::string piece = "x";
    has_failed = !behind.add(piece);
  }
  EXPECT_TRUE(has_failed) << "at most as many pieces as wait are added after the failure";
  const Result<void> finished = behind.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message, "no space left");
  EXPECT_EQ(calls, 3);
}

TEST(WriteBehind, NothingToWriteIsNoError) {
  WriteBehind behind([](const std::string&) -> Result<void> { return failed("called"); });
  EXPECT_TRUE(behind.finish());
}

}  // namespace
}  // namespace hoodtrace
