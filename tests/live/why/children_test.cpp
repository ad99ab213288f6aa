// SPDX-License-Identifier: GPL-2.0-or-later
// Parents that wait, and processes that are stopped.

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

TEST(Why, AParentWaitsForItsChildAndForAVforkedOne) {
  HOODTRACE_SCENE(run, {"children", "ms=50"});
  const Json parent = run.thread("parent");
  const Want child{.part = "blocked",
                   .cause = "child",
                   .call = "wait4",
                   .object = std::to_string(run.tid("child")),
                   .by = run.tid("child")};
  run.expect_sleeps("parent", "wait4", child);
  // What the child did in that time: it slept.
  for (const Json& line : parent["parts"]) {
    if (!matches(line, child)) continue;
    std::uint64_t asleep_ns = 0;
    for (const Json& other : line["meanwhile"])
      if (text_of(other, "part") == "idle") asleep_ns += number(other, "ns");
    EXPECT_GT(asleep_ns, number(line, "ns") / 2) << line.dump();
  }
  // The parent came late for this one, which was a zombie: no sleep for it.
  EXPECT_EQ(total(parent, {.part = "blocked", .by = run.tid("early")}).count, 0U) << parent.dump();
  run.expect_sleeps(
      "parent", "vfork",
      {.part = "blocked", .cause = "vfork", .by = static_cast<pid_t>(run.fact("borrower"))});
}

// Between what its parent knows at least and at most.
void expect_stopped(const WhyRun& run, const std::string& name, const char* cause) {
  const Json thread = run.thread(name);
  const Total stopped = total(thread, {.part = "stopped", .cause = cause});
  EXPECT_EQ(stopped.ns, total(thread, {.part = "stopped"}).ns) << thread.dump();
  EXPECT_GE(stopped.count, 1U) << thread.dump();
  EXPECT_GE(stopped.ns, run.fact((name + "_least_ns").c_str())) << thread.dump();
  EXPECT_LE(stopped.ns, run.fact((name + "_most_ns").c_str())) << thread.dump();
}

TEST(Why, StopsAreAsLongAsTheyWereAndNameWhoStopped) {
  HOODTRACE_SCENE(run, {"stops", "ms=100"});
  expect_stopped(run, "napper", "stop_signal");
  expect_stopped(run, "spinner", "stop_signal");
  expect_stopped(run, "traced", "tracer");
  for (const char* name : {"napper", "spinner", "traced"}) {
    const Json thread = run.thread(name);
    EXPECT_GE(total(thread, {.part = "stopped", .by = run.tid("stopper")}).count, 1U)
        << thread.dump();
  }
  // The nap of 800 ms goes on after the stop, as restart_syscall in the kernel, until its timer ends it.
  const Json napper = run.thread("napper");
  const Want nap{.part = "idle", .call = "clock_nanosleep"};
  const std::uint64_t asleep_ns = total(napper, nap).ns;
  const std::uint64_t nap_ns = number(named(run.truth(), "napper")["waits"]["nap"], "ns");
  const std::uint64_t stopped_ns = total(napper, {.part = "stopped"}).ns;
  EXPECT_LE(asleep_ns + stopped_ns, nap_ns + nap_ns / 1000) << napper.dump();
  EXPECT_GE(asleep_ns + stopped_ns + wait_ns(napper) + total(napper, {.part = "on_cpu"}).ns +
                nap_ns / 1000,
            nap_ns)
      << napper.dump();
  EXPECT_EQ(total(napper, nap).count, 2U) << napper.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
