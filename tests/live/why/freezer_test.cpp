// SPDX-License-Identifier: GPL-2.0-or-later
// A frozen cgroup (v2), as by docker pause or systemctl freeze.

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "live/why/expectations.hpp"
#include "support/child_process.hpp"
#include "support/own_cgroup.hpp"

namespace hoodtrace::testing {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// "frozen 1" in cgroup.events: all tasks are in the freezer.
bool is_frozen(const std::string& cgroup) {
  std::ifstream events(cgroup + "/cgroup.events");
  std::string key;
  int value = 0;
  while (events >> key >> value)
    if (key == "frozen") return value == 1;
  return false;
}

TEST(Why, AFrozenCgroupIsStoppedByTheFreezer) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: no cgroup v2 can be made";
  const std::string inner = cgroup.path() + "/inner";
  ChildProcess spinner({workload_path(), "spin", "ms=60000", "cpus=1", "hog"});
  cgroup.take_in(spinner.pid(), "/inner");
  LiveTrace trace({"why", "--pid", std::to_string(spinner.pid()), "--format", "json"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  std::this_thread::sleep_for(milliseconds(200));
  const auto asked = Clock::now();
  std::ofstream(inner + "/cgroup.freeze") << 1;
  for (int i = 0; i < 1000 && !is_frozen(inner); i++) std::this_thread::sleep_for(milliseconds(1));
  ASSERT_TRUE(is_frozen(inner));
  const auto frozen = Clock::now();
  std::this_thread::sleep_for(milliseconds(300));
  const auto thaws = Clock::now();
  std::ofstream(inner + "/cgroup.freeze") << 0;
  for (int i = 0; i < 1000 && is_frozen(inner); i++) std::this_thread::sleep_for(milliseconds(1));
  const auto thawed = Clock::now();
  std::this_thread::sleep_for(milliseconds(100));
  ASSERT_EQ(trace.stop(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  Total freezer;
  for (const Json& thread : run.report()["threads"]) {
    expect_sound_thread(thread);
    const Total one = total(thread, {.part = "stopped", .cause = "freezer"});
    freezer.ns = std::max(freezer.ns, one.ns);
    freezer.count = std::max(freezer.count, one.count);
  }
  const auto ns = [](Clock::duration time) {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
  };
  EXPECT_GE(freezer.ns, ns(thaws - frozen)) << run.report().dump();
  EXPECT_LE(freezer.ns, ns(thawed - asked)) << run.report().dump();
  EXPECT_EQ(freezer.count, 1U) << run.report().dump();
}

}  // namespace
}  // namespace hoodtrace::testing
