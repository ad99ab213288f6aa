// SPDX-License-Identifier: GPL-2.0-or-later
// What every procs report must satisfy, and how tests look into one.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "live/sched/expectations.hpp"
#include "support/traced_run.hpp"

namespace hoodtrace::testing {

// The row of a process; an empty object when it has none.
inline Json process_of(const Json& report, std::uint64_t pid) {
  if (report.contains("processes"))
    for (const Json& process : report["processes"])
      if (process["pid"] == pid) return process;
  return Json::object();
}

// What the workload reports about a child.
inline Json child_of(const Json& truth, const std::string& name) {
  if (truth.contains("children"))
    for (const Json& child : truth["children"])
      if (child["name"] == name) return child;
  return Json::object();
}

inline bool in_order(const Json& process, const std::vector<const char*>& keys) {
  std::uint64_t last = 0;
  for (const char* key : keys) {
    if (process[key].is_null()) continue;
    const auto now = process[key].get<std::uint64_t>();
    if (now < last) return false;
    last = now;
  }
  return true;
}

// Whatever was traced: nothing was lost, times are in order, and who has exited has a status.
inline void expect_sound_lives(const Json& report) {
  expect_nothing_lost(report);
  EXPECT_EQ(report["schema"], "hoodtrace.procs/2");
  for (const Json& process : report["processes"]) {
    EXPECT_TRUE(in_order(process, {"start_ns", "fork_ns", "first_run_ns", "exit_ns", "reaped_ns"}))
        << process.dump();
    const bool exited = !process["exit_ns"].is_null();
    EXPECT_EQ(exited, !process["exit_code"].is_null() || !process["exit_signal"].is_null());
    EXPECT_EQ(process["exit_signal"].is_null(), process["core_dumped"].is_null());
    std::uint64_t last = 0;
    for (const Json& exec : process["execs"]) {
      if (exec["time_ns"].is_null()) continue;
      EXPECT_GE(exec["time_ns"].get<std::uint64_t>(), last);
      last = exec["time_ns"];
    }
  }
}

// hoodtrace procs ARGS -- workload WORDS
inline TracedRun procs_run(Words arguments, const Words& workload) {
  arguments.insert(arguments.begin(), "procs");
  TracedRun run = trace_workload(arguments, workload);
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(run.reports.size(), 1U) << run.error;
  if (run.reports.size() == 1) expect_sound_lives(run.report());
  return run;
}

// Acts of the workload's life scenario; see tests/support/workload/life_scenario.cpp.
class LifeRun {
 public:
  explicit LifeRun(Words acts, const Words& arguments = {}) {
    acts.insert(acts.begin(), "life");
    run_ = procs_run(arguments, acts);
  }
  [[nodiscard]] const TracedRun& run() const { return run_; }
  [[nodiscard]] Json truth(const std::string& name) const { return child_of(run_.truth, name); }
  [[nodiscard]] Json process(const std::string& name) const {
    const Json child = truth(name);
    return child.contains("pid") ? process_of(run_.report(), child["pid"]) : Json::object();
  }

 private:
  TracedRun run_;
};

}  // namespace hoodtrace::testing
