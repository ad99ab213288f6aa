// SPDX-License-Identifier: GPL-2.0-or-later
// --cycles on the machine as it is: with a PMU, or without. (scripts/vm/suite/cycles.sh has known
// numbers of one that QEMU emulates.)

#include <string>

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

bool has_pmu() {
  const Finished doctor = run_hoodtrace({"doctor", "--format", "json"});
  return Json::parse(doctor.output)["features"]["cycles"].get<bool>();
}

TEST(Why, CyclesNeedAPmuAndAreThoseOfALoop) {
  HOODTRACE_LIVE();
  if (!has_pmu()) {
    const Finished run = run_hoodtrace({"why", "--cycles", "--", "true"});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_EQ(run.output, "");
    EXPECT_NE(run.error.find("leave out --cycles"), std::string::npos) << run.error;
    return;
  }
  const TracedRun run = trace_workload({"why", "--cycles"}, {"spin", "ms=1000", "cpus=1", "loop"});
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  for (const Json& thread : run.reports.front()["threads"]) {
    if (thread["comm"] != "loop") continue;
    ASSERT_TRUE(thread["cycles"].is_object()) << thread.dump();
    const auto number = [&](const char* key) { return thread["cycles"][key].get<double>(); };
    EXPECT_GT(number("user"), 9 * number("kernel"));
    // All but the time before the first reading, which is at its first switch or after 100 ms.
    EXPECT_GT(number("ran_ns"), 0.8 * 1e9);
    return;
  }
  ADD_FAILURE() << "no loop in " << run.reports.front().dump();
}

}  // namespace
}  // namespace hoodtrace::testing
