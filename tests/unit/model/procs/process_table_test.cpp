// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/process_table.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(ProcessTable, APidMeansTheLastProcessMadeOfIt) {
  ProcessTable table;
  const LifeId first = table.make(20, 1'000).id;
  table.end(*table.find(first));
  EXPECT_EQ(table.current(20), nullptr);
  const LifeId second = table.make(20, 2'000).id;
  ASSERT_NE(table.current(20), nullptr);
  EXPECT_EQ(table.current(20)->id, second);
  EXPECT_EQ(table.lives().size(), 2U);
}

TEST(ProcessTable, TheEndedAreFoundByPidAndStartTime) {
  ProcessTable table;
  table.end(table.make(20, 1'000));
  table.end(table.make(20, 2'000));
  ASSERT_NE(table.ended(20, 1'000), nullptr);
  ASSERT_NE(table.ended(20, 2'000), nullptr);
  EXPECT_LT(table.ended(20, 1'000)->id, table.ended(20, 2'000)->id);
  EXPECT_EQ(table.ended(20, 3'000), nullptr);
}

TEST(ProcessTable, OneThatHasEndedAlreadyDoesNotEndItsSuccessor) {
  ProcessTable table;
  ProcessLife& first = table.make(20, 1'000);
  table.end(first);
  const LifeId second = table.make(20, 2'000).id;
  table.end(first);
  ASSERT_NE(table.current(20), nullptr);
  EXPECT_EQ(table.current(20)->id, second);
}

TEST(ProcessTable, TheFirstThatEndedIsTheFirstToBeErased) {
  ProcessTable table;
  for (std::uint32_t pid = 1; !table.has_too_many(); pid++) table.end(table.make(pid, pid));
  EXPECT_EQ(table.lives().size(), 65'537U);
  EXPECT_EQ(table.first_ended()->pid, 1U);
  table.erase_first_ended();
  EXPECT_FALSE(table.has_too_many());
  EXPECT_EQ(table.first_ended()->pid, 2U);
  EXPECT_EQ(table.ended(1, 1), nullptr);
}

TEST(ProcessTable, ErasesTheEndedThatAreNamedAndKeepsTheOrderOfTheRest) {
  ProcessTable table;
  for (std::uint32_t pid = 1; pid <= 6; pid++) table.end(table.make(pid, pid));
  table.make(7, 7);
  table.erase_ended([](const ProcessLife& life) { return life.pid % 2 == 1; });
  EXPECT_EQ(table.lives().size(), 4U);  // 2, 4, 6, and 7, which lives
  EXPECT_EQ(table.first_ended()->pid, 2U);
  table.erase_first_ended();
  EXPECT_EQ(table.first_ended()->pid, 4U);
}

}  // namespace
}  // namespace hoodtrace
