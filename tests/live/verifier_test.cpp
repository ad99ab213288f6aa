// SPDX-License-Identifier: GPL-2.0-or-later
// The verifier's work: it decides how long a start takes, and above a million steps a program is
// refused. It differs by kernel; a program that needs many steps here needs too many on another.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "support/traced_run.hpp"

namespace hoodtrace {
namespace {

using namespace hoodtrace::testing;

// A fifth of what the kernel allows (BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf.h).
constexpr std::uint64_t kMostSteps = 200'000;

// The steps of each program that a process has loaded, by its tag (Documentation/bpf: fdinfo, 5.16 on).
std::map<std::string, std::uint64_t> verifier_steps(pid_t pid) {
  std::map<std::string, std::uint64_t> steps;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fdinfo")) {
    std::ifstream file(entry.path());
    std::string name;
    std::string tag;
    std::string value;
    while (file >> name >> value) {
      if (name == "prog_tag:") tag = value;
      if (name == "verified_insns:") steps[tag] = std::stoull(value);
    }
  }
  return steps;
}

TEST(Verifier, NoProgramTakesMoreThanAFifthOfItsSteps) {
  if (const std::string why = why_no_live(); !why.empty()) GTEST_SKIP() << why;
  ChildProcess target({"/bin/sleep", "60"});
  LiveTrace trace({"record", "sched", "why", "procs", "faults", "cache", "disk", "fair", "--pid",
                   std::to_string(target.pid())});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  const std::map<std::string, std::uint64_t> steps = verifier_steps(trace.pid());
  EXPECT_GT(steps.size(), 20U);
  for (const auto& [tag, count] : steps)
    EXPECT_LT(count, kMostSteps) << "the program of tag " << tag;
  EXPECT_EQ(trace.stop(), 0) << trace.error();
}

}  // namespace
}  // namespace hoodtrace
