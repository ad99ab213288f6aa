// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.hpp"

#include <gtest/gtest.h>

#include "command/command_table.hpp"

namespace hoodtrace {
namespace {

Result<std::variant<Options, HelpText>> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "hoodtrace");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

Options options_of(const std::vector<const char*>& words) {
  const auto parsed = parse(words);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? std::get<Options>(*parsed) : Options{};
}

void expect_refused(const std::vector<const char*>& words, const std::string& part) {
  const auto parsed = parse(words);
  ASSERT_FALSE(parsed) << part;
  EXPECT_EQ(parsed.error().kind, ErrorKind::kUsage);
  EXPECT_NE(parsed.error().message.find(part), std::string::npos) << parsed.error().message;
}

TEST(Parse, DefaultsAreTheWholeSystemAsTextUntilStopped) {
  const Options options = options_of({"sched"});
  EXPECT_EQ(options.command, "sched");
  EXPECT_TRUE(options.trace.target.is_whole_system());
  EXPECT_EQ(options.trace.duration_ns, 0U);
  EXPECT_EQ(options.format, Format::kText);
  EXPECT_TRUE(options.view.text);
  EXPECT_TRUE(options.culprits);
  EXPECT_FALSE(options.trace.wakers);
  EXPECT_EQ(options.view.by, Grouping::kThread);
}

// A family that nobody asked for costs every switch, and makes a report of what it was not.
TEST(Parse, ACommandLoadsItsOwnFamilyAndNoOther) {
  const auto families = [](const std::vector<const char*>& words) {
    const Families wanted = options_of(words).trace.families;
    return std::vector<bool>{wanted.has(Family::kSched), wanted.has(Family::kLife),
                             wanted.has(Family::kCache), wanted.has(Family::kFaults)};
  };
  EXPECT_EQ(families({"sched"}), (std::vector<bool>{true, false, false, false}));
  EXPECT_EQ(families({"procs"}), (std::vector<bool>{false, true, false, false}));
  EXPECT_EQ(families({"cache"}), (std::vector<bool>{false, false, true, false}));
  EXPECT_EQ(families({"faults"}), (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(families({"procs", "--with", "sched"}), (std::vector<bool>{true, true, false, false}));
}

TEST(Parse, TargetsAddUp) {
  const Options options = options_of({"sched", "-p", "1,2", "--pid", "3", "--tid", "4", "--comm",
                                      "kw*", "--cgroup", "/a", "--follow"});
  const Target& target = options.trace.target;
  EXPECT_EQ(target.pids, (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(target.tids, (std::vector<std::uint32_t>{4}));
  EXPECT_EQ(target.comm_glob, "kw*");
  EXPECT_EQ(target.cgroup_path, "/a");
  EXPECT_TRUE(target.follows());
  EXPECT_EQ(options_of({"sched", "--unit", "x"}).trace.target.unit, "x");
}

TEST(Parse, RunAndViewOptions) {
  const Options options =
      options_of({"sched",    "-d",         "10s",   "-i",  "500ms",        "--buffer", "64K",
                  "--wakers", "--fallback", "--btf", "/b",  "--propagate",  "--by",     "cgroup",
                  "--sort",   "on_cpu_ns",  "--top", "0",   "--histogram",  "--format", "csv",
                  "--color",  "never",      "-o",    "out", "--no-culprits"});
  EXPECT_EQ(options.trace.duration_ns, 10'000'000'000U);
  EXPECT_EQ(options.trace.interval_ns, 500'000'000U);
  EXPECT_EQ(options.trace.ring_bytes, 65536U);
  EXPECT_TRUE(options.trace.wakers);
  EXPECT_TRUE(options.trace.force_fallback);
  EXPECT_EQ(options.trace.btf_path, "/b");
  EXPECT_TRUE(options.propagate);
  EXPECT_EQ(options.view.by, Grouping::kCgroup);
  EXPECT_EQ(options.view.sort, "on_cpu_ns");
  EXPECT_EQ(options.view.top, 0U);
  EXPECT_TRUE(options.view.histogram);
  EXPECT_EQ(options.format, Format::kCsv);
  EXPECT_EQ(options.color, ColorMode::kNever);
  EXPECT_EQ(options.output, "out");
  EXPECT_FALSE(options.culprits);
}

TEST(Parse, EveryWordOfAChoiceIsTaken) {
  const std::pair<const char*, Grouping> groupings[] = {{"thread", Grouping::kThread},
                                                        {"process", Grouping::kProcess},
                                                        {"comm", Grouping::kComm},
                                                        {"cgroup", Grouping::kCgroup},
                                                        {"cpu", Grouping::kCpu}};
  for (const auto& [word, by] : groupings)
    EXPECT_EQ(options_of({"sched", "--by", word}).view.by, by);
  EXPECT_TRUE(options_of({"sched", "--format", "json"}).view.json);
  EXPECT_EQ(options_of({"sched", "--color", "always"}).color, ColorMode::kAlways);
}

TEST(Parse, AThresholdWantsTheWakers) {
  const Options options = options_of({"sched", "--threshold", "5ms"});
  EXPECT_EQ(options.threshold_ns, 5'000'000U);
  EXPECT_TRUE(options.trace.wakers);
}

TEST(Parse, WhatFollowsTheDashesIsTheCommandsOwn) {
  const Options options =
      options_of({"sched", "-d", "1s", "--", "make", "--pid", "7", "--", "--help"});
  EXPECT_EQ(options.trace.target.command,
            (std::vector<std::string>{"make", "--pid", "7", "--", "--help"}));
  EXPECT_TRUE(options.trace.target.pids.empty());
  EXPECT_TRUE(options.trace.target.follows());
  EXPECT_FALSE(options_of({"sched", "--no-follow", "--", "make"}).trace.target.follows());
  expect_refused({"sched", "--"}, "a command must follow --");
  expect_refused({"sched", "--", ""}, "a command must follow --");
  expect_refused({"doctor", "--", "x"}, "runs no command");
}

TEST(Parse, TheCommandLineIsKeptForTheRecord) {
  EXPECT_EQ(options_of({"sched", "-p", "1"}).trace.command_line, "hoodtrace sched -p 1");
}

TEST(Parse, WrongOptionsAreUsageErrorsThatNameThemAndTheHelp) {
  expect_refused({"sched", "--no-such-option"}, "--no-such-option");
  expect_refused({"sched", "--no-such-option"}, "hoodtrace sched --help");
  expect_refused({"nosuchcommand"}, "nosuchcommand");
  expect_refused({}, "--help");
  expect_refused({"sched", "--by", "planet"}, "planet");
  expect_refused({"sched", "--format", "xml"}, "xml");
  expect_refused({"sched", "--color", "red"}, "red");
  expect_refused({"sched", "--top", "-1"}, "-1");
  expect_refused({"sched", "--top", "many"}, "many");
}

TEST(Parse, WrongValuesAreRefused) {
  for (const char* id : {"0", "-1", "x", "12x", "4194304", "99999999999"})
    expect_refused({"sched", "--pid", id}, "is not a process or thread id");
  expect_refused({"sched", "-d", "soon"}, "'soon' is not a duration");
  expect_refused({"sched", "-d", "0s"}, "longer than nothing");
  expect_refused({"sched", "-i", "0"}, "longer than nothing");
  expect_refused({"sched", "--buffer", "2G"}, "at most 1G");
  expect_refused({"sched", "--buffer", "big"}, "'big' is not a size");
  expect_refused({"sched", "--comm", "a234567890123456789012345678901*"}, "at most 31");
}

TEST(Parse, OptionsThatContradictEachOtherAreRefused) {
  expect_refused({"sched", "--from", "x", "--pid", "1"}, "--from replays");
  expect_refused({"sched", "--from", "x", "-d", "1s"}, "--from replays");
  expect_refused({"sched", "--from", "x", "--", "make"}, "--from replays");
  expect_refused({"sched", "--cgroup", "/a", "--unit", "b"}, "give one of them");
  expect_refused({"record", "--by", "cpu"}, "--by");
}

TEST(Parse, AHostileWordIsNotPrintedRaw) {
  const auto parsed = parse({"sched", "--\033[31m"});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find('\033'), std::string::npos);
}

TEST(Parse, EveryCommandHasHelpWithExamples) {
  for (const Command& command : kCommands) {
    const std::string name(command.name);
    const auto parsed = parse({name.c_str(), "--help"});
    ASSERT_TRUE(parsed) << name;
    const auto* help = std::get_if<HelpText>(&*parsed);
    ASSERT_NE(help, nullptr) << name;
    EXPECT_NE(help->text.find("Examples:"), std::string::npos) << name;
    EXPECT_NE(help->text.find("hoodtrace " + name), std::string::npos) << name;
    // What boot writes depends on its action.
    if (name != "boot") {
      EXPECT_NE(help->text.find("--output"), std::string::npos) << name;
    }
  }
  const auto version = parse({"--version"});
  ASSERT_TRUE(version);
  EXPECT_EQ(std::get<HelpText>(*version).text.substr(0, 10), "hoodtrace ");
}

}  // namespace
}  // namespace hoodtrace
