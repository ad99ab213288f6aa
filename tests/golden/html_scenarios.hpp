// SPDX-License-Identifier: GPL-2.0-or-later
// Pages of streams, and a stream of many processes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/command_run.hpp"
#include "support/life_records.hpp"

namespace hoodtrace::golden {

inline std::string page_of(const StreamBuilder& scenario,
                           const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"export", "--to", "html"};
  words.insert(words.end(), more.begin(), more.end());
  const CommandRun run = run_command(words, scenario);
  EXPECT_EQ(run.error, "");
  return run.output;
}

inline std::string data_text(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin) + begin.size();
  return page.substr(at, page.find("</script>", at) - at);
}

// That number of short processes, one after the other, all children of make (10).
inline StreamBuilder many(std::uint32_t count) {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(1000).session().seen(10, {.comm = "make"});
  for (std::uint32_t i = 0; i < count; i++) {
    const std::uint32_t pid = 100 + i;
    scenario.at(10'000 + i * 100'000ULL)
        .born(pid, {.parent_pid = 10, .comm = "worker", .start_ns = scenario.now_ns()});
    scenario.at(scenario.now_ns() + 20'000).switches({.from = 0, .to = pid, .wait_ns = 9'000});
    scenario.at(scenario.now_ns() + 60'000);
    life.exits(pid);
    scenario.switches({.from = pid, .to = 0, .state = kDead}).ends(pid);
  }
  return scenario;
}

inline StreamBuilder ended(StreamBuilder scenario) {
  return scenario.at(scenario.now_ns() + 1000).end();
}

}  // namespace hoodtrace::golden
