// SPDX-License-Identifier: GPL-2.0-or-later
// Births and names that small rings cannot hold are counted once each.

#include <sys/prctl.h>
#include <unistd.h>

#include <fstream>

#include "live/procs/expectations.hpp"
#include "support/lossy_run.hpp"

namespace hoodtrace::testing {
namespace {

// The kernel's count of births since boot, processes and threads.
std::uint64_t births() {
  std::ifstream stat("/proc/stat");
  std::string word;
  std::uint64_t count = 0;
  while (stat >> word)
    if (word == "processes") stat >> count;
  return count;
}

// Births and names of all tasks are recorded, traced or not.
TEST(ProcsLoss, BirthsThatAreSeenAndLostAreTheKernelsCount) {
  HOODTRACE_LIVE();
  const std::uint64_t before = births();
  LiveTrace trace({"record", "procs", "--buffer", "4096", "--pid", std::to_string(::getpid())});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  const std::uint64_t attached = births();
  {
    const Hiccups hiccups(trace.pid());
    ChildProcess shell(
        {"/bin/sh", "-c", "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done"});
    ASSERT_EQ(shell.wait(std::chrono::seconds(60)), 0) << shell.error();
  }
  const std::uint64_t at_the_end = births();
  EXPECT_EQ(trace.stop(), 0);
  const std::uint64_t after = births();
  const Counted counted = count_records(trace.file(), HT_TASK_NEW);
  EXPECT_GT(counted.lost, 0U);
  EXPECT_GE(counted.seen + counted.lost, at_the_end - attached);
  EXPECT_LE(counted.seen + counted.lost, after - before);
}

TEST(ProcsLoss, NamesAreCountedOncePerRename) {
  HOODTRACE_LIVE();
  constexpr std::uint64_t kRenames = 50'000;
  // Others execute programs meanwhile, each of which is a rename too.
  constexpr std::uint64_t kOthers = 5'000;
  LiveTrace trace({"record", "procs", "--buffer", "4096", "--pid", std::to_string(::getpid())});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  {
    const Hiccups hiccups(trace.pid());
    std::thread renamer([] {
      for (std::uint64_t i = 0; i < kRenames; i++)
        ::prctl(PR_SET_NAME, i % 2 == 0 ? "one name" : "other name");
    });
    renamer.join();
  }
  EXPECT_EQ(trace.stop(), 0);
  const Counted counted = count_records(trace.file(), HT_TASK_NAME);
  EXPECT_GT(counted.lost, 0U);
  EXPECT_GE(counted.seen + counted.lost, kRenames);
  EXPECT_LE(counted.seen + counted.lost, kRenames + kOthers);
}

}  // namespace
}  // namespace hoodtrace::testing
