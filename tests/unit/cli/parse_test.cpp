// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.hpp"

#include <gtest/gtest.h>

#include <sstream>

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

// A family that was not requested would cost time at every switch, and change the report.
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

TEST(Parse, CulpritsIsANumberAndZeroIsNoLimit) {
  EXPECT_EQ(options_of({"sched"}).view.most_culprits, 16U);
  EXPECT_EQ(options_of({"sched", "--culprits", "3"}).view.most_culprits, 3U);
  EXPECT_EQ(options_of({"sched", "--culprits", "0"}).view.most_culprits, 0U);
}

TEST(Parse, TheFairClassIsRecordedOnlyWhenAskedFor) {
  EXPECT_FALSE(options_of({"sched"}).trace.families.has(Family::kFair));
  EXPECT_TRUE(options_of({"sched", "--fair"}).trace.families.has(Family::kFair));
  expect_refused({"sched", "--fair", "--by", "cpu"}, "--by cpu");
  EXPECT_TRUE(options_of({"sched", "--quota"}).trace.families.has(Family::kQuota));
  EXPECT_TRUE(options_of({"sched", "--irq"}).trace.families.has(Family::kIrq));
  EXPECT_TRUE(options_of({"sched", "--realtime"}).trace.families.has(Family::kRealtime));
  EXPECT_TRUE(options_of({"sched", "--by", "cpu"}).trace.families.has(Family::kCpus));
  // A recording without them has the rest.
  EXPECT_FALSE(
      options_of({"sched", "--by", "cpu", "--from", "x"}).trace.families.has(Family::kCpus));
  expect_refused({"sched", "--quota", "--irq"}, "two tables");
  EXPECT_FALSE(options_of({"sched"}).trace.load_averages);
  EXPECT_TRUE(options_of({"sched", "--load"}).trace.load_averages);
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
  expect_refused({"sched", "--by", "planet"}, "planet");
  expect_refused({"sched", "--format", "xml"}, "xml");
  expect_refused({"sched", "--color", "red"}, "red");
  expect_refused({"sched", "--top", "-1"}, "-1");
  expect_refused({"sched", "--top", "many"}, "many");
}

TEST(Parse, ExplanationsAreTextOrAPage) {
  EXPECT_EQ(options_of({"lab", "--explain", "cow"}).lab.form, LabForm::kText);
  EXPECT_EQ(options_of({"lab", "--explain", "--to", "html"}).lab.form, LabForm::kHtml);
  expect_refused({"lab", "cow", "--to", "html"}, "--to html is a form of --explain");
  expect_refused({"lab", "--explain", "--to", "pdf"}, "none of text, html");
  expect_refused({"lab", "--explain", "--format", "json"}, "--explain has no JSON");
  for (const char* option : {"--keep", "--judge"}) {
    expect_refused({"lab", option, "/tmp/kept"}, "need experiments");
    EXPECT_EQ(options_of({"lab", "cow", option, "/tmp/kept"}).lab.names.size(), 1U);
  }
}

TEST(Parse, ThePageOfADiffHasAFileOfItsOwn) {
  EXPECT_EQ(options_of({"diff", "a", "b", "--html", "c"}).diff.html, "c");
  expect_refused({"diff", "a", "b", "--html", "-"}, "name a file with --html FILE");
  expect_refused({"diff", "a", "b", "--html", "c", "-o", "c"}, "two outputs have the same name, c");
}

TEST(Parse, WrongValuesAreRefused) {
  for (const char* id : {"0", "-1", "x", "12x", "4194304", "99999999999"})
    expect_refused({"sched", "--pid", id}, "is not a process or thread id");
  expect_refused({"sched", "-d", "soon"}, "'soon' is not a duration");
  expect_refused({"sched", "-d", "0s"}, "longer than 0");
  expect_refused({"sched", "-i", "0"}, "longer than 0");
  expect_refused({"sched", "--buffer", "2G"}, "at most 1G");
  expect_refused({"sched", "--buffer", "0"}, "at least 4K");
  expect_refused({"sched", "--pid", "1,,2"}, "an id is missing");
  expect_refused({"sched", "--tid", "1,"}, "an id is missing");
  expect_refused({"sched", "--buffer", "big"}, "'big' is not a size");
  expect_refused({"sched", "--comm", "a234567890123456789012345678901*"}, "at most 31");
}

TEST(Parse, OptionsThatContradictEachOtherAreRefused) {
  expect_refused({"sched", "--between", "1s..2s"}, "give --from FILE too");
  expect_refused({"sched", "--from", "x", "-i", "1s"}, "-i is for live runs");
  expect_refused({"cache", "--from", "x", "--pid", "1"}, "when recording");
  expect_refused({"sched", "--from", "x", "-d", "1s"}, "--from replays");
  expect_refused({"sched", "--from", "x", "--", "make"}, "--from replays");
  expect_refused({"sched", "--cgroup", "/a", "--unit", "b"}, "give one of them");
  expect_refused({"record", "--by", "cpu"}, "--by");
}

TEST(Parse, AMistypedWordNamesTheChoicesAndTheNearest) {
  expect_refused({"sched", "--by", "cgrop"},
                 "--by: 'cgrop' is none of thread, process, comm, cgroup, cpu; did you mean "
                 "cgroup?; see: hoodtrace sched --help");
  expect_refused({"sched", "--by", "mapping"}, "is none of thread, process");
  expect_refused({"faults", "--by", "cpu"}, "is none of thread, process");
  expect_refused({"sched", "--format", "1"}, "--format: '1' is none of text, json, csv");
  expect_refused({"schde"}, "no command 'schde'; did you mean sched?");
  expect_refused({"sched", "--duratoin", "1s"},
                 "has no option --duratoin; did you mean --duration?");
  expect_refused({"sched", "make"}, "takes no word 'make'; a program to trace follows --");
  expect_refused({"cache", "--histogram"}, "has no option --histogram");
}

TEST(Parse, AListHasAWordOnEachSideOfAComma) {
  for (const char* list : {",", "sched,", ",sched", "sched,,procs"}) {
    expect_refused({"serve", "--families", list, "--cgroup", "/a"}, "a word is missing");
    expect_refused({"top", "--families", list}, "a word is missing");
    expect_refused({"export", "--events", list, "--to", "csv"}, "a word is missing");
    expect_refused({"procs", "--with", list}, "a word is missing");
  }
  EXPECT_EQ(options_of({"serve", "--families", "sched,disk"}).serve.families,
            (std::vector<std::string>{"sched", "disk"}));
  expect_refused({"serve", "--families", "sched", "disk"}, "takes no word 'disk'");
}

TEST(Parse, AnEmptyValueIsAnUnsetVariableAndRefused) {
  for (const char* option : {"--comm", "--cgroup", "--unit", "--sort", "-o"}) {
    expect_refused({"sched", option, ""}, std::string("the value of ") + option + " is empty");
    expect_refused({"sched", "-d", "1s", ""}, "is empty");
  }
  expect_refused({"sched", "--unit="}, "--unit= is empty: is a variable unset?");
  // It is the traced program's own matter.
  EXPECT_EQ(options_of({"sched", "--", "echo", ""}).trace.target.command.back(), "");
}

TEST(Parse, AnOptionGivenTwiceIsRefused) {
  expect_refused({"sched", "-d", "1s", "-d", "2s"}, "is given more than once");
}

TEST(Parse, ALongCommIsCutAsTheKernelCutsItWithANote) {
  const Options options = options_of({"sched", "--comm", "a-very-long-name-of-a-task"});
  EXPECT_EQ(options.trace.target.comm_glob, "a-very-long-nam");
  ASSERT_EQ(options.notes.size(), 1U);
  EXPECT_NE(options.notes[0].find("15 bytes"), std::string::npos);
  EXPECT_TRUE(options_of({"sched", "--comm", "exactly-fifteen"}).notes.empty());
  // A pattern may be longer than what it matches.
  EXPECT_EQ(options_of({"sched", "--comm", "a*b*c*d*e*f*g*h*i"}).trace.target.comm_glob,
            "a*b*c*d*e*f*g*h*i");
}

std::string help_of(const std::vector<const char*>& words) {
  const auto parsed = parse(words);
  if (!parsed) return "error: " + parsed.error().message;
  const auto* help = std::get_if<HelpText>(&*parsed);
  return help == nullptr ? "no help" : help->text;
}

TEST(Parse, HelpIsFoundByEveryForm) {
  const std::string sched = help_of({"sched", "--help"});
  EXPECT_NE(sched.find("usage: hoodtrace sched"), std::string::npos) << sched;
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"help", "sched"},
                                             {"sched", "help"},
                                             {"sched", "-h"},
                                             {"--help", "sched"},
                                             {"sched", "-d", "1s", "--help"}})
    EXPECT_EQ(help_of(words), sched);
  EXPECT_EQ(help_of({"help"}), help_of({"--help"}));
  EXPECT_NE(help_of({"boot", "enable", "--help"}).find("--initrd"), std::string::npos);
  EXPECT_EQ(help_of({"help", "schde"}),
            "error: no command 'schde'; did you mean sched?; see: hoodtrace --help");
  EXPECT_EQ(help_of({"-V"}), help_of({"--version"}));
  // Nobody asked: it is an error all the same.
  const auto parsed = parse({});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<HelpText>(*parsed).exit_code, 2);
}

TEST(Parse, HelpFitsIntoEightyColumnsAndHidesWhatIsForTests) {
  std::vector<std::string> texts = {help_of({"help"})};
  for (const Command& command : kCommands)
    texts.push_back(help_of({"help", std::string(command.name).c_str()}));
  for (const char* action : {"enable", "disable", "status", "report"})
    texts.push_back(help_of({"help", "boot", action}));
  for (const std::string& text : texts) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
    EXPECT_EQ(text.find("--fallback"), std::string::npos);
    EXPECT_EQ(text.find("--tier"), std::string::npos);
  }
  const std::string sched = help_of({"help", "sched"});
  std::size_t at = 0;
  for (const char* group :
       {"\nWhom", "\nHow long", "\nWhat", "\nOutput", "\nRecording", "\nAdvanced"}) {
    const std::size_t next = sched.find(group, at);
    ASSERT_NE(next, std::string::npos) << group << sched;
    at = next;
  }
  // They are there, all the same.
  EXPECT_TRUE(options_of({"sched", "--fallback"}).trace.force_fallback);
}

// --help shows what the command heeds, and only that is taken.
TEST(Parse, ACommandTakesOnlyItsOptions) {
  EXPECT_EQ(help_of({"help", "procs"}).find("--by"), std::string::npos);
  EXPECT_EQ(help_of({"help", "info"}).find("--pid"), std::string::npos);
  EXPECT_EQ(help_of({"help", "record"}).find("--format"), std::string::npos);
  EXPECT_EQ(help_of({"help", "cache"}).find("cpu"), std::string::npos);
  EXPECT_NE(help_of({"help", "faults"}).find("mapping"), std::string::npos);
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
    EXPECT_NE(help->text.find("\nExamples\n"), std::string::npos) << name;
    EXPECT_NE(help->text.find("hoodtrace " + name), std::string::npos) << name;
    // What boot writes depends on its action; top draws on a terminal; serve answers over HTTP.
    if (name != "boot" && name != "top" && name != "serve") {
      EXPECT_NE(help->text.find("--output"), std::string::npos) << name;
    }
  }
  const auto version = parse({"--version"});
  ASSERT_TRUE(version);
  EXPECT_EQ(std::get<HelpText>(*version).text.substr(0, 10), "hoodtrace ");
}

}  // namespace
}  // namespace hoodtrace
