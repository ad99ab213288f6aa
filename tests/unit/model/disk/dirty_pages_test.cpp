// SPDX-License-Identifier: GPL-2.0-or-later
// Who dirtied which pages.
#include "model/disk/dirty_pages.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr FileId kData = 1;
constexpr TaskId kOne = 7;
constexpr TaskId kTwo = 8;

std::uint64_t share_of(const std::vector<DirtyPages::Share>& shares, TaskId task) {
  for (const DirtyPages::Share& share : shares)
    if (share.task == task) return share.bytes;
  return 0;
}

TEST(DirtyPages, PagesThatAreWrittenBelongToWhoeverDirtiedThem) {
  DirtyPages pages;
  for (std::uint64_t piece = 0; piece < 8; piece++)
    pages.dirty(kData, piece * 64, 64, piece % 2 == 0 ? kOne : kTwo);
  const auto shares = pages.take(kData, 32, 128);
  EXPECT_EQ(share_of(shares, kOne), 32U + 32U);
  EXPECT_EQ(share_of(shares, kTwo), 64U);
}

TEST(DirtyPages, APageIsTakenOnce) {
  DirtyPages pages;
  pages.dirty(kData, 0, 10, kOne);
  EXPECT_EQ(share_of(pages.take(kData, 2, 3), kOne), 3U);
  EXPECT_EQ(share_of(pages.take(kData, 0, 10), kOne), 7U);
  EXPECT_TRUE(pages.take(kData, 0, 10).empty());
}

TEST(DirtyPages, APageThatIsDirtiedAgainBelongsToTheLastOne) {
  DirtyPages pages;
  pages.dirty(kData, 0, 10, kOne);
  pages.dirty(kData, 5, 1, kTwo);
  const auto shares = pages.take(kData, 0, 10);
  EXPECT_EQ(share_of(shares, kOne), 9U);
  EXPECT_EQ(share_of(shares, kTwo), 1U);
}

TEST(DirtyPages, AnotherFileAndAnotherRangeAreNotTaken) {
  DirtyPages pages;
  pages.dirty(kData, 100, 10, kOne);
  EXPECT_TRUE(pages.take(kData + 1, 100, 10).empty());
  EXPECT_TRUE(pages.take(kData, 0, 100).empty());
  EXPECT_TRUE(pages.take(kData, 110, 100).empty());
  EXPECT_EQ(share_of(pages.take(kData, 0, 1000), kOne), 10U);
}

TEST(DirtyPages, ATaskThatIsForgottenOwnsNothing) {
  DirtyPages pages;
  pages.dirty(kData, 0, 4, kOne);
  pages.dirty(kData, 4, 4, kTwo);
  pages.forget(kOne);
  const auto shares = pages.take(kData, 0, 8);
  EXPECT_EQ(share_of(shares, kOne), 0U);
  EXPECT_EQ(share_of(shares, kTwo), 4U);
}

TEST(DirtyPages, BeyondTheLimitEverythingIsForgotten) {
  DirtyPages pages(4);
  for (std::uint64_t page = 0; page < 4; page++) pages.dirty(kData, page * 2, 1, kOne);
  pages.dirty(kData, 100, 1, kTwo);
  EXPECT_TRUE(pages.take(kData, 0, 8).empty());
  EXPECT_EQ(share_of(pages.take(kData, 100, 1), kTwo), 1U);
}

}  // namespace
}  // namespace hoodtrace
