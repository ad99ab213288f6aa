// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/long_sleep.hpp"

#include <gtest/gtest.h>

#include <string>

#include "stream/record_buffer.hpp"

namespace hoodtrace {
namespace {

SleepStack read(std::uint32_t frames, const std::vector<std::uint64_t>& addresses,
                const std::string& names) {
  std::string tail(reinterpret_cast<const char*>(addresses.data()),
                   addresses.size() * sizeof(std::uint64_t));
  tail += names;
  ht_sleep_stack record{};
  record.head.type = HT_SLEEP_STACK;
  record.stack = 7;
  record.frames = frames;
  RecordBuffer buffer;
  buffer.add(record, tail);
  return read_sleep_stack(*reinterpret_cast<const ht_sleep_stack*>(buffer.at(0).head));
}

TEST(SleepStack, HasTheNamesOfItsFrames) {
  using namespace std::string_literals;
  const SleepStack stack = read(2, {0x10, 0x20}, "read\0libc.so.6\0\0prog\0"s);
  EXPECT_EQ(stack.kernel, 7U);
  ASSERT_EQ(stack.user.size(), 2U);
  EXPECT_EQ(stack.user[0].address, 0x10U);
  EXPECT_EQ(stack.user[0].function, "read");
  EXPECT_EQ(stack.user[0].file, "libc.so.6");
  EXPECT_EQ(stack.user[1].address, 0x20U);
  EXPECT_EQ(stack.user[1].function, "");
  EXPECT_EQ(stack.user[1].file, "prog");
}

TEST(SleepStack, AShortTailHasFewerFramesAndNames) {
  EXPECT_EQ(read(1000, {0x10}, "").user.size(), 1U);
  EXPECT_EQ(read(3, {}, "abc").user.size(), 0U);
  const SleepStack cut = read(1, {0x10}, "rea");
  ASSERT_EQ(cut.user.size(), 1U);
  EXPECT_EQ(cut.user[0].function, "rea");
  EXPECT_EQ(cut.user[0].file, "");
}

}  // namespace
}  // namespace hoodtrace
