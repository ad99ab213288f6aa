// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/names/who_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hoodtrace {
namespace {

TEST(WhoTable, OnePairIsOneNumber) {
  WhoTable names;
  const WhoId make = names.intern(812, "make");
  EXPECT_EQ(names.intern(812, "make"), make);
  EXPECT_NE(names.intern(813, "make"), make);
  EXPECT_NE(names.intern(812, "cc1"), make);
  EXPECT_EQ(names[make].pid, 812U);
  EXPECT_EQ(names[make].comm, "make");
}

TEST(WhoTable, ASlashInACommIsNoOtherPair) {
  WhoTable names;
  EXPECT_NE(names.intern(1, "2/x"), names.intern(12, "x"));
  EXPECT_NE(names.intern(0, "kworker/0:1"), names.intern(0, "kworker/0"));
}

TEST(WhoTable, TheFixedEntriesExist) {
  const WhoTable names;
  EXPECT_EQ(names[WhoTable::kIdle].comm, "(idle)");
  EXPECT_EQ(names[WhoTable::kUnknown].comm, "(unknown)");
  EXPECT_FALSE(names[WhoTable::kUnknown].has_pid);
  EXPECT_EQ(names[WhoTable::kElsewhere].comm, "(queued elsewhere)");
  EXPECT_EQ(names[WhoTable::kOther].comm, "(others)");
}

TEST(WhoTable, IsBoundedFirstByCommThenByOthers) {
  WhoTable names;
  for (std::uint32_t pid = 1; pid < 70000; pid++) names.intern(pid, "fork");
  const WhoId late = names.intern(1'000'000, "late");
  EXPECT_FALSE(names[late].has_pid) << "by comm alone now";
  EXPECT_EQ(names.intern(1'000'001, "late"), late);
  EXPECT_EQ(names[names.intern(1, "fork")].comm, "fork");
  WhoId last = 0;
  for (int i = 0; i < 140000; i++) last = names.intern(2'000'000, std::to_string(i));
  EXPECT_EQ(last, WhoTable::kOther);
}

}  // namespace
}  // namespace hoodtrace
