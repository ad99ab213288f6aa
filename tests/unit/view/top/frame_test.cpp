// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/frame.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(TopFrame, TextIsCutAtTheRightEdge) {
  Frame frame(6, 2);
  EXPECT_EQ(frame.put(0, 2, "abcdef"), 6U);
  EXPECT_EQ(frame.text(), "  abcd\n\n");
}

TEST(TopFrame, AWideCharacterTakesTwoColumnsOrNone) {
  Frame frame(5, 1);
  EXPECT_EQ(frame.put(0, 0, "界界界"), 4U);
  EXPECT_EQ(frame.text(), "界界\n");
}

TEST(TopFrame, ACombiningMarkStaysWithItsCharacter) {
  Frame frame(4, 1);
  EXPECT_EQ(frame.put(0, 0, "e\u0301x"), 2U);
  EXPECT_EQ(frame.runs(0).front().text, "e\u0301x  ");
}

TEST(TopFrame, ARowThatDoesNotExistIsLeftOut) {
  Frame frame(4, 1);
  frame.put(7, 0, "x");
  frame.paint(7, Role::kAlarm);
  EXPECT_EQ(frame.text(), "\n");
}

TEST(TopFrame, RunsHaveOneRoleEach) {
  Frame frame(4, 1);
  frame.put(0, 1, "ab", Role::kStrong);
  const std::vector<Frame::Run> runs = frame.runs(0);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[1].text, "ab");
  EXPECT_EQ(runs[1].role, Role::kStrong);
}

}  // namespace
}  // namespace hoodtrace
