// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command_tree.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/version.hpp"
#include "command/command_table.hpp"

namespace hoodtrace {
namespace {

using nlohmann::json;

json command(const std::string& name) {
  static const json tree = json::parse(command_tree());
  for (const json& node : tree["commands"])
    if (node["name"] == name) return node;
  return nullptr;
}

json option(const json& node, const std::string& name) {
  for (const json& each : node["options"])
    for (const json& one : each["names"])
      if (one == name) return each;
  return nullptr;
}

TEST(CommandTree, HasEveryCommandWithItsSummaryAndExamples) {
  for (const Command& each : kCommands) {
    const json node = command(std::string(each.name));
    ASSERT_FALSE(node.is_null()) << each.name;
    EXPECT_EQ(node["summary"], each.summary);
    EXPECT_EQ(node["examples"], each.examples);
  }
}

TEST(CommandTree, WordsOfAChoiceAreThoseThatTheParserTakes) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(option(command("sched"), "--by")["words"],
            (Words{"thread", "process", "comm", "cgroup", "cpu"}));
  EXPECT_EQ(option(command("sched"), "--format")["words"], (Words{"text", "json", "csv"}));
  EXPECT_EQ(option(command("sched"), "--comm")["words"], Words{});
}

TEST(CommandTree, AFlagTakesNoWordAndHiddenActionsAreLeftOut) {
  EXPECT_EQ(option(command("faults"), "--cow")["type"], "");
  EXPECT_EQ(option(command("faults"), "--pid")["type"], "N[,N...]");
  std::vector<std::string> actions;
  const json boot = command("boot");
  for (const json& action : boot["commands"]) actions.push_back(action["name"]);
  EXPECT_EQ(actions, (std::vector<std::string>{"enable", "disable", "status", "report"}));
}

TEST(Version, VerboseNamesCommitAndLibraries) {
  EXPECT_EQ(version_text(false).find('\n'), version_text(false).size() - 1);
  const std::string text = version_text(true);
  for (const char* word : {"commit ", "zstd ", "fmt ", "linked "})
    EXPECT_NE(text.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace hoodtrace
