// SPDX-License-Identifier: GPL-2.0-or-later
// Block requests in exports: the request of the device above that one is a part of.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/command_run.hpp"
#include "support/disk_scenario.hpp"

namespace hoodtrace {
namespace {

using Object = nlohmann::json;

// Above 2^53, where a double would round it.
constexpr std::uint64_t kUpper = (1ULL << 60) + 1;

class DiskEventRows : public ::testing::Test {
 protected:
  void SetUp() override {
    scenario.at(1'000'000).session().seen(10, {.comm = "reader"});
    disk.scope();
    // The part below is done before the request that it is a part of.
    disk.request({.tid = 10,
                  .serial = 7,
                  .start_ns = 500'000,
                  .issue_ns = 600'000,
                  .complete_ns = 900'000,
                  .upper = kUpper});
    disk.request({.tid = 10,
                  .serial = kUpper,
                  .start_ns = 400'000,
                  .issue_ns = 450'000,
                  .complete_ns = 950'000,
                  .dev = kVda + 16});
  }
  std::string exported(const std::string& form) {
    const CommandRun run = run_command({"export", "--to", form}, scenario);
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.error, "");
    return run.output;
  }

  StreamBuilder scenario;
  DiskScenario disk{scenario};
};

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    count++;
  return count;
}

TEST_F(DiskEventRows, APartHasTheNumberOfTheRequestAbove) {
  std::vector<Object> rows;
  std::istringstream text(exported("jsonl"));
  for (std::string line; std::getline(text, line);)
    if (Object object = Object::parse(line); object["type"] == "disk") rows.push_back(object);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["upper"], kUpper);
  EXPECT_EQ(rows[1]["request"], kUpper);
  EXPECT_FALSE(rows[1].contains("upper")) << "it is a part of none";
}

TEST_F(DiskEventRows, CsvHasAColumnOfIt) {
  const std::string text = exported("csv");
  EXPECT_NE(text.find(",upper,"), std::string::npos);
  // Once as a request of its own, once as the upper one.
  EXPECT_EQ(count_of(text, std::to_string(kUpper)), 2U);
}

TEST_F(DiskEventRows, PerfettoHasItAmongTheArguments) {
  const std::string trace = exported("perfetto");
  EXPECT_EQ(count_of(trace, "upper"), 1U);
  EXPECT_EQ(count_of(trace, std::to_string(kUpper)), 2U);
}

}  // namespace
}  // namespace hoodtrace
