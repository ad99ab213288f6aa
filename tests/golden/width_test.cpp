// SPDX-License-Identifier: GPL-2.0-or-later
// Every text view of procs fits the terminal, whatever the names and arguments are, and the
// timeline loses nothing by it.

#include <gtest/gtest.h>

#include <sstream>

#include "base/text.hpp"
#include "golden/procs_scenarios.hpp"
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

TEST(Width, EveryProcsViewFitsTheTerminal) {
  for (const std::size_t width : {80, 100, 160})
    for (const auto& words : kViews)
      for (const auto& scenario : kScenarios) {
        const CommandRun run = run_command(words, scenario(), width);
        ASSERT_EQ(run.error, "");
        std::istringstream lines(run.output);
        for (std::string line; std::getline(lines, line);)
          EXPECT_LE(display_width(line), width) << line;
      }
}

TEST(Width, ATimelineIsWrappedAndNotCut) {
  for (const auto& scenario : kScenarios)
    EXPECT_EQ(without_spaces(run_command({"procs"}, scenario(), 80).output),
              without_spaces(run_command({"procs"}, scenario()).output));
}

}  // namespace
}  // namespace hoodtrace::golden
