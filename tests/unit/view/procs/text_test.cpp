// SPDX-License-Identifier: GPL-2.0-or-later
// What is said of a process in words.

#include "view/procs/text.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/life_scenario.hpp"

namespace hoodtrace {
namespace {

Program program_of(const std::vector<std::string>& argv) {
  Program program;
  for (const std::string& argument : argv) program.argv += argument + '\0';
  program.kept_bytes = program.argv_bytes = static_cast<std::uint32_t>(program.argv.size());
  return program;
}

TEST(ProcsText, ACommandIsQuotedForAShell) {
  EXPECT_EQ(command_text(program_of({"echo", "a b", "", "it's", "x=1", "$HOME"}), 0),
            R"(echo 'a b' '' "it's" x=1 '$HOME')");
}

TEST(ProcsText, QuotesAndShellCharactersAreQuoted) {
  EXPECT_EQ(command_text(program_of({"it's $5"}), 0), R"('it'\''s $5')");
}

TEST(ProcsText, ACommandIsHarmless) {
  EXPECT_EQ(command_text(program_of({"\x1b[31m", "a\nb", "\xff"}), 0),
            R"('\x1b[31m' 'a\nb' '\xff')");
}

TEST(ProcsText, ALongCommandIsCutAndMarked) {
  const std::string text = command_text(program_of(std::vector<std::string>(300, "argument")), 40);
  EXPECT_EQ(display_width(text.substr(0, text.find(" ("))), 40U);
  EXPECT_TRUE(text.ends_with("(300 arguments, 2.64 KiB)")) << text;
}

TEST(ProcsText, MissingArgumentsAreReported) {
  Program program = program_of({"cc", "x.c"});
  program.cut = true;
  program.argv_bytes = 102'400;
  EXPECT_EQ(command_text(program, 0), "cc x.c (cut: 7 B of 100 KiB)");
  program.argv_bytes = HT_UNKNOWN_BYTES;
  EXPECT_EQ(command_text(program, 0), "cc x.c (cut)");
  program.unreadable = true;
  EXPECT_EQ(command_text(program, 0), "cc x.c (the rest unreadable)");
  program.argv.clear();
  EXPECT_EQ(command_text(program, 0), "(arguments unreadable)");
}

TEST(ProcsText, Outcomes) {
  ProcessLife life;
  life.exit_ns = 1;
  EXPECT_EQ(outcome_text(life), "exit 0");
  EXPECT_FALSE(has_failed(life));
  life.wait_status = 7 << 8;
  EXPECT_EQ(outcome_text(life), "exit 7");
  life.wait_status = 9;
  EXPECT_EQ(outcome_text(life), "killed by SIGKILL");
  EXPECT_TRUE(has_failed(life));
  life.wait_status = 11 | 0x80;
  EXPECT_EQ(outcome_text(life), "killed by SIGSEGV, core dumped");
  life.wait_status = 35;
  EXPECT_EQ(outcome_text(life), "killed by signal 35");
}

TEST(ProcsText, Births) {
  ProcessLife life;
  EXPECT_EQ(birth_text(life), "existing");
  life.clone_flags = 17;
  EXPECT_EQ(birth_text(life), "process");
  life.clone_flags = 0x4000 | 0x100;
  EXPECT_EQ(birth_text(life), "vfork");
  life.clone_flags = 0x20000000 | 0x40000000;
  EXPECT_EQ(birth_text(life), "process into a new pid namespace, network namespace");
  life.clone_flags = 0x200000000;
  EXPECT_EQ(birth_text(life), "process into another cgroup");
  life.clone_flags = 0x20000000 | 0x200000000;
  EXPECT_EQ(birth_text(life), "process into a new pid namespace, another cgroup");
}

TEST(ProcsText, TheUnitIsTheLastOfTheCgroupsPath) {
  EXPECT_EQ(unit_of_cgroup("/system.slice/nginx.service"), "nginx.service");
  EXPECT_EQ(unit_of_cgroup("/system.slice/docker-1a2b.scope/init"), "docker-1a2b.scope");
  EXPECT_EQ(unit_of_cgroup("/user.slice/user-0.slice/session-1.scope"), "session-1.scope");
  EXPECT_EQ(unit_of_cgroup("/user.slice"), "user.slice");
  EXPECT_EQ(unit_of_cgroup("/kubepods/pod1"), "");
  EXPECT_EQ(unit_of_cgroup("/"), "");
  EXPECT_EQ(unit_of_cgroup("/.service"), "");
}

TEST(ProcsText, AForkWithoutExecHasItsParentsCommand) {
  LifeScenario scenario;
  scenario.session();
  scenario.seen(10, {.comm = "sh"});
  scenario.executes(10, "/bin/sh", {.argv = {"sh", "-c", "x y"}, .before = true});
  scenario.at(2'000).born(20, {.parent_pid = 10});
  scenario.at(3'000).executes(10, "/bin/later", {.argv = {"later"}});
  scenario.at(4'000).born(30, {.parent_pid = 20});
  const LifeReplay replay(scenario);
  EXPECT_EQ(command_of(replay.tracker, replay.of(20), 0), "fork of: sh -c 'x y'");
  EXPECT_EQ(command_of(replay.tracker, replay.of(30), 0), "fork of: sh -c 'x y'");
  EXPECT_EQ(command_of(replay.tracker, replay.of(10), 0), "later");
}

}  // namespace
}  // namespace hoodtrace
