// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/record_buffer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hoodtrace {
namespace {

TEST(RecordBuffer, KeepsRecordsAlignedAndPaddedToEightBytes) {
  RecordBuffer buffer;
  for (std::size_t length = 0; length < 20; length++) {
    ht_cgroup_name name{};
    name.head = {length, 0, HT_CGROUP_NAME, HT_NO_CPU};
    buffer.add(name, std::string(length, 'x'));
  }
  ASSERT_EQ(buffer.size(), 20U);
  for (std::size_t length = 0; length < 20; length++) {
    const RecordView view = buffer.at(length);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view.head) % 8, 0U);
    EXPECT_EQ(view.bytes % 8, 0U);
    EXPECT_EQ(view.bytes, (sizeof(ht_cgroup_name) + length + 7) / 8 * 8);
    const auto& name = *reinterpret_cast<const ht_cgroup_name*>(view.head);
    EXPECT_EQ(name.tail_bytes, length);
    EXPECT_EQ(tail_of(name), std::string(length, 'x'));
  }
  buffer.clear();
  EXPECT_EQ(buffer.size(), 0U);
}

}  // namespace
}  // namespace hoodtrace
