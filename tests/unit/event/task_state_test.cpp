// SPDX-License-Identifier: GPL-2.0-or-later
#include "event/task_state.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr char letter(std::uint32_t bits) { return letter_of(task_state(bits)); }

TEST(TaskState, LettersAreThoseOfPs) {
  EXPECT_EQ(letter(0), 'R');
  EXPECT_EQ(letter(0x1), 'S');
  EXPECT_EQ(letter(0x2), 'D');
  EXPECT_EQ(letter(0x4), 'T');
  EXPECT_EQ(letter(0x8), 't');
  EXPECT_EQ(letter(0x10), 'X');
  EXPECT_EQ(letter(0x20), 'Z');
  EXPECT_EQ(letter(0x40), 'P');
  EXPECT_EQ(letter(0x80), 'X');
  EXPECT_EQ(letter(0x402), 'I');
}

TEST(TaskState, ExtraBitsDoNotHideTheState) {
  EXPECT_EQ(letter(0x102), 'D') << "TASK_KILLABLE";
  EXPECT_EQ(letter(0x104), 'T') << "TASK_STOPPED";
  EXPECT_EQ(letter(0x2001), 'S') << "freezable";
  EXPECT_EQ(letter(0x2402), 'I') << "idle and freezable";
}

TEST(TaskState, FrozenAndRtLockWaitAreUninterruptible) {
  EXPECT_EQ(letter(0x8000), 'D');
  EXPECT_EQ(letter(0x1000), 'D');
}

TEST(TaskState, ATaskThatWasNotWokenYetIsNotRunnable) {
  EXPECT_EQ(task_state(0x800), TaskState::kOther);
  EXPECT_EQ(letter(0x800), 'R') << "the kernel's letter for TASK_NEW";
}

TEST(TaskState, APreemptedTaskIsRunnableWhateverItsBits) {
  ht_switch record{};
  record.prev_state = 0x2;
  EXPECT_EQ(prev_state(record), TaskState::kUninterruptible);
  record.flags = HT_SWITCH_PREEMPT;
  EXPECT_EQ(prev_state(record), TaskState::kRunnable);
}

TEST(TaskState, DeadTasksNeverRunAgain) {
  EXPECT_TRUE(is_gone(task_state(0x80)));
  EXPECT_TRUE(is_gone(task_state(0x10)));
  EXPECT_TRUE(is_gone(task_state(0x20)));
  EXPECT_FALSE(is_gone(task_state(0x4)));
}

}  // namespace
}  // namespace hoodtrace
