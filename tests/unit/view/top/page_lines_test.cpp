// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/page_lines.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

PageLines numbered(int count) {
  PageLines lines;
  for (int i = 1; i <= count; i++) lines.add("line " + std::to_string(i));
  return lines;
}

TEST(TopPageLines, WhatFitsIsShownWithoutAHint) {
  Frame frame(30, 3);
  EXPECT_EQ(numbered(3).draw(frame, 0, 3, 9), 0U);
  EXPECT_EQ(frame.text(), "line 1\nline 2\nline 3\n");
}

TEST(TopPageLines, TheLastRowSaysHowManyAreBelow) {
  Frame frame(40, 3);
  EXPECT_EQ(numbered(5).draw(frame, 0, 3, 1), 1U);
  EXPECT_EQ(frame.text(), "line 2\nline 3\n-- 2 lines more: Down, PgDn --\n");
}

TEST(TopPageLines, ScrollingEndsWithTheLastLine) {
  Frame frame(30, 2);
  EXPECT_EQ(numbered(5).draw(frame, 0, 2, 1000), 3U);
  EXPECT_EQ(frame.text(), "line 4\nline 5\n");
}

TEST(TopPageLines, GapsAreOneLineAndNoneAtTheEnds) {
  PageLines lines;
  lines.gap();
  lines.add("a");
  lines.gap();
  lines.gap();
  lines.add("b");
  lines.gap();
  Frame frame(5, 5);
  lines.draw(frame, 0, 5, 0);
  EXPECT_EQ(frame.text(), "a\n\nb\n\n\n");
}

}  // namespace
}  // namespace hoodtrace
