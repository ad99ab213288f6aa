// SPDX-License-Identifier: GPL-2.0-or-later
// What every faults report must satisfy, and how to read one.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "live/sched/expectations.hpp"
#include "support/traced_run.hpp"

namespace hoodtrace::testing {

// Faults of a kind in the reported ranges that lie in [region[0], region[1]); of one process when a
// pid is given. Needs --by address.
inline std::uint64_t count_in(const Json& report, const Json& region, const std::string& kind,
                              pid_t pid = 0, const char* what = "count") {
  std::uint64_t sum = 0;
  for (const Json& range : report["ranges"]) {
    if (range["start"] < region[0] || range["start"] >= region[1]) continue;
    if (pid != 0 && range["pid"] != pid) continue;
    if (range["kinds"].contains(kind)) sum += range["kinds"][kind][what].get<std::uint64_t>();
  }
  return sum;
}

// All kinds taken together.
inline std::uint64_t count_in(const Json& report, const Json& region) {
  std::uint64_t sum = 0;
  for (const Json& range : report["ranges"])
    if (range["start"] >= region[0] && range["start"] < region[1])
      for (const auto& [kind, count] : range["kinds"].items())
        sum += count["count"].get<std::uint64_t>();
  return sum;
}

// minor + major + gup of a process: what getrusage has as ru_minflt + ru_majflt.
inline std::uint64_t faults_of(const Json& report, pid_t pid) {
  std::uint64_t sum = 0;
  for (const Json& task : report["tasks"]) {
    if (task["pid"] != pid) continue;
    sum += task["minor"].get<std::uint64_t>() + task["major"].get<std::uint64_t>();
    if (task["kinds"].contains("gup")) sum += task["kinds"]["gup"]["count"].get<std::uint64_t>();
  }
  return sum;
}

inline std::uint64_t kind_of_all(const Json& report, const std::string& kind) {
  std::uint64_t sum = 0;
  for (const Json& task : report["tasks"])
    if (task["kinds"].contains(kind)) sum += task["kinds"][kind]["count"].get<std::uint64_t>();
  return sum;
}

inline void expect_faults_agree(const Json& report) {
  ASSERT_TRUE(report.contains("audit")) << report.dump();
  const Json& audit = report["audit"];
  EXPECT_EQ(number(audit, "seen") + number(audit, "gup"), number(audit, "kernel_faults"))
      << audit.dump();
  EXPECT_EQ(number(audit, "tasks_without_books"), 0U) << audit.dump();
}

inline bool doctor_says(const char* line) {
  ChildProcess doctor(Words{HOODTRACE_BINARY, "doctor"});
  doctor.wait(std::chrono::seconds(60));
  return doctor.output().find(line) != std::string::npos;
}

// Is handle_mm_fault what is asked on this machine, if no tier is named?
inline bool sees_by_fentry() {
  return std::getenv("HOODTRACE_TEST_TIER") == nullptr &&
         doctor_says("yes  fentry attaches to handle_mm_fault");
}

// Can programs read the kernel's memory by address (6.2 on)?
inline bool has_rdonly_cast() {
  std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
  const std::string types(std::istreambuf_iterator<char>(file), {});
  return types.find("bpf_rdonly_cast") != std::string::npos;
}

// A gated workload, traced by its pid while it plays.
struct FaultsRun {
  TracedRun run;
  Json truth;
  [[nodiscard]] const Json& report() const { return run.report(); }
};

inline FaultsRun trace_faults(const Words& arguments, const Words& scenario) {
  FaultsRun result;
  GatedWorkload workload(scenario);
  EXPECT_TRUE(workload.is_ready());
  Words words = {
      "faults", "--format", "json", "--by", "address", "--pid", std::to_string(workload.pid())};
  // The kernel matrix plays every scenario in both tiers.
  if (const char* tier = std::getenv("HOODTRACE_TEST_TIER"); tier != nullptr && arguments.empty())
    words.insert(words.end(), {"--tier", tier});
  words.insert(words.end(), arguments.begin(), arguments.end());
  LiveTrace trace(words);
  EXPECT_TRUE(trace.is_attached()) << trace.error();
  EXPECT_TRUE(workload.play());
  EXPECT_EQ(trace.stop(), 0) << trace.error();
  result.run = trace.run();
  result.truth = workload.finish();
  EXPECT_EQ(result.run.reports.size(), 1U) << result.run.error;
  if (result.run.reports.empty()) return result;
  expect_nothing_lost(result.report(), scenario);
  expect_faults_agree(result.report());
  return result;
}

}  // namespace hoodtrace::testing
