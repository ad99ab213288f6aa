// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/syscalls.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>

namespace hoodtrace {
namespace {

TEST(Syscalls, NamesOfEachTable) {
  EXPECT_EQ(syscall_name(CallTable::kX86_64, 230), "clock_nanosleep");
  EXPECT_EQ(syscall_name(CallTable::kI386, 162), "nanosleep");
  EXPECT_EQ(syscall_name(CallTable::kArm64, 98), "futex");
  for (const CallTable table : {CallTable::kX86_64, CallTable::kI386, CallTable::kArm64}) {
    EXPECT_EQ(syscall_name(table, 449), "futex_waitv");
    EXPECT_EQ(syscall_name(table, -1), "");
    EXPECT_EQ(syscall_name(table, 511), "");
  }
}

TEST(Syscalls, TheNativeTableIsThatOfTheBuild) {
  EXPECT_EQ(syscall_name(native_calls(), SYS_read), "read");
  EXPECT_EQ(syscall_name(native_calls(), SYS_epoll_pwait), "epoll_pwait");
  EXPECT_EQ(syscall_name(native_calls(), SYS_io_uring_enter), "io_uring_enter");
}

TEST(Syscalls, TheMachineOfARecordingChoosesTheTable) {
  EXPECT_EQ(call_table("aarch64", false), CallTable::kArm64);
  EXPECT_EQ(call_table("x86_64", false), CallTable::kX86_64);
  EXPECT_EQ(call_table("x86_64", true), CallTable::kI386);
}

TEST(Syscalls, CallsWithAFileAsTheirFirstArgument) {
  EXPECT_TRUE(takes_file(native_calls(), SYS_read));
  EXPECT_TRUE(takes_file(native_calls(), SYS_fsync));
  EXPECT_TRUE(takes_file(native_calls(), SYS_epoll_pwait));
  EXPECT_FALSE(takes_file(native_calls(), SYS_wait4));
  EXPECT_FALSE(takes_file(native_calls(), SYS_clock_nanosleep));
  EXPECT_FALSE(takes_file(native_calls(), -1));
}

}  // namespace
}  // namespace hoodtrace
