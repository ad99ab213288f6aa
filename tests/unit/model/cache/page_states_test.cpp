// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cache/page_states.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

void set(PageStates& states, FileId file, std::uint64_t first, std::uint64_t last,
         PageState state) {
  states.each(file, first, last, [&](std::uint64_t, PageState) { return state; });
}

TEST(PageStatesOf, ANewFileAreUnknown) {
  PageStates states;
  EXPECT_EQ(states.state(1, 7), PageState::kUnknown);
}

TEST(PageStatesOf, ARangeOverSeveralChunksAreKeptPageByPage) {
  PageStates states;
  set(states, 1, 500, 1030, PageState::kUsed);
  set(states, 1, 511, 512, PageState::kEvicted);
  EXPECT_EQ(states.state(1, 499), PageState::kUnknown);
  EXPECT_EQ(states.state(1, 500), PageState::kUsed);
  EXPECT_EQ(states.state(1, 511), PageState::kEvicted);
  EXPECT_EQ(states.state(1, 512), PageState::kEvicted);
  EXPECT_EQ(states.state(1, 513), PageState::kUsed);
  EXPECT_EQ(states.state(1, 1030), PageState::kUsed);
  EXPECT_EQ(states.state(1, 1031), PageState::kUnknown);
  EXPECT_EQ(states.state(2, 500), PageState::kUnknown);
}

TEST(PageStatesOf, MoreChunksThanThereIsRoomForForgetTheOldest) {
  PageStates states(2);
  set(states, 1, 0, 0, PageState::kUsed);
  set(states, 2, 0, 0, PageState::kUsed);
  set(states, 1, 1, 1, PageState::kUsed);  // makes file 2's the oldest
  set(states, 3, 0, 0, PageState::kUsed);
  EXPECT_EQ(states.state(1, 0), PageState::kUsed);
  EXPECT_EQ(states.state(2, 0), PageState::kUnknown);
  EXPECT_EQ(states.state(3, 0), PageState::kUsed);
  EXPECT_EQ(states.forgotten(), 1U);
}

TEST(PageStatesOf, ForgottenFilesLeaveRoom) {
  PageStates states(2);
  set(states, 1, 0, 0, PageState::kUsed);
  set(states, 2, 0, 0, PageState::kUsed);
  std::vector<bool> gone(3);
  gone[1] = true;
  states.forget(gone);
  set(states, 3, 0, 0, PageState::kUsed);
  EXPECT_EQ(states.state(1, 0), PageState::kUnknown);
  EXPECT_EQ(states.state(2, 0), PageState::kUsed);
  EXPECT_EQ(states.forgotten(), 0U);
  states.forget_all();
  EXPECT_EQ(states.state(2, 0), PageState::kUnknown);
}

}  // namespace
}  // namespace hoodtrace
