// SPDX-License-Identifier: GPL-2.0-or-later
// Every text view of procs and why fits the terminal, whatever the names and arguments are, and the
// timeline loses nothing by it.

#include <gtest/gtest.h>

#include <sstream>

#include "base/text.hpp"
#include "golden/procs_scenarios.hpp"
#include "golden/why_scenarios.hpp"
#include "support/command_run.hpp"

namespace hoodtrace::golden {
namespace {

StreamBuilder (*const kScenarios[])() = {small_build, hostile_lives, threads_of_one};

const std::vector<std::vector<std::string>> kViews = {
    {"procs"},
    {"procs", "--failed"},
    {"procs", "--threads", "--with", "sched,faults"},
    {"procs", "--tree"},
    {"procs", "--tree", "--threads", "--with", "sched,faults"},
    {"procs", "--gantt"},
};

std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

void expect_to_fit(const std::vector<std::string>& words, const StreamBuilder& scenario) {
  for (const std::size_t width : {80, 100, 160}) {
    const CommandRun run = run_command(words, scenario, width);
    ASSERT_EQ(run.error, "");
    std::istringstream lines(run.output);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(Width, EveryProcsViewFitsTheTerminal) {
  for (const auto& words : kViews)
    for (const auto& scenario : kScenarios) expect_to_fit(words, scenario());
}

TEST(Width, EveryViewOfWhyFitsTheTerminal) {
  for (const auto& scenario : {slow_database, hostile_causes, many_causes})
    for (const char* by : {"thread", "process", "comm", "cgroup"})
      expect_to_fit({"why", "--by", by, "--all", "--threshold", "1ms"}, scenario());
}

TEST(Width, ATimelineIsWrappedAndNotCut) {
  for (const auto& scenario : kScenarios)
    EXPECT_EQ(without_spaces(run_command({"procs"}, scenario(), 80).output),
              without_spaces(run_command({"procs"}, scenario()).output));
}

}  // namespace
}  // namespace hoodtrace::golden
